-- What is deleted has a slug that nobody can choose (slugOfDeleted in core/base/slugs.ts). Its bare id looks like a slug, and whoever took that one
-- kept the other from being deleted.
update organizations set slug = 'deleted:' || id where state = 'DELETED' and slug = id::text;
update projects set slug = 'deleted:' || id where state = 'DELETED' and slug = id::text;
