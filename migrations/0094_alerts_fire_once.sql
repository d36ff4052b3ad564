-- An alert on usage fires once for each period, whatever number it has meanwhile: the number is no part of the threshold any more.
update alert_firings f set threshold = split_part(threshold, ' ', 1)
where threshold ~ '^(DAY|MONTH|SPIKE) ' and not exists (
  select from alert_firings g where g.org_id = f.org_id and g.alert = f.alert and g.period = f.period and g.id < f.id
    and split_part(g.threshold, ' ', 1) = split_part(f.threshold, ' ', 1));
