#!/usr/bin/env bash
# What the pipelines of a policy repository call. README.md beside it says how; TENET is the command, POLICIES the directory of the policy files.
set -euo pipefail
# --no: what the checkout does not have installed is not fetched, for a package of that name could be anyone's.
read -ra tenet <<<"${TENET:-npx --no tenet}"
policies=${POLICIES:-policies}
policies=${policies%/}
review=${REVIEW:-policy-review}

usage() {
  cat >&2 <<'TEXT'
policy.sh review BASE        lint, test and compare with the Git revision BASE, and plan; writes policy-review/comment.md and its exit code
policy.sh check              ends as the review did: 0 nothing changes, 10 a subject gains or loses something, 20 a rail blocks it,
                             22 only a sample was looked at, 1 it failed
policy.sh comment            writes the comment to the merge request of a GitLab pipeline, over the one that it wrote before
policy.sh apply BEFORE       puts the files into force; where the command CHECK fails afterwards, those of the Git revision BEFORE again.
                             With STAGE (shadow, canary:5%, orgs=acme) they begin there, and the next command decides
policy.sh rollout STAGE      moves what is in a stage on, to canary:5% or all, where its gates are met; cancel ends it
policy.sh rollback REVISION  puts the files of an earlier Git revision into force again
policy.sh snapshot FILE      writes who holds what under pseudonyms; with AGAINST=FILE, review plans against that and needs no database
policy.sh store-review       as review, for the policy store STORE (acme/web/Todo), whose files are in POLICIES
policy.sh store-apply        plans once more, and puts the files into force in STORE if that still says what happens
TEXT
  exit 2
}

# section TITLE COMMAND...: runs it, and keeps what it prints for the comment. Its exit code is in $code.
section() {
  local title=$1
  shift
  code=0
  "$@" >"$review/part.md" 2>"$review/part.log" || code=$?
  {
    echo "<details${open:+ open}><summary>$title: exit code $code</summary>"
    echo
    head -c 15000 "$review/part.md"
    if [ "$(wc -c <"$review/part.md")" -gt 15000 ]; then echo; echo "… cut; the log of this job has all of it."; fi
    # Indented, for a name in the text could end a fence.
    if [ "$code" -ne 0 ] && [ ! -s "$review/part.md" ]; then head -c 4000 "$review/part.log" | tr '\r' '\n' | sed 's/^/    /'; fi
    echo
    echo '</details>'
    echo
  } >>"$review/parts.md"
  show_log
}

# Prints what a section printed. No line of it is a command to GitHub Actions, whatever the files of a pull request are called.
show_log() {
  local word=$RANDOM$RANDOM$RANDOM$RANDOM
  if [ -n "${GITHUB_ACTIONS:-}" ]; then echo "::stop-commands::$word"; fi
  cat "$review/part.md" "$review/part.log"
  if [ -n "${GITHUB_ACTIONS:-}" ]; then echo; echo "::$word::"; fi
}

do_review() {
  local base=$1 worst=0 title='Policy review'
  rm -rf "$review" && mkdir -p "$review"
  if [ -n "${GITHUB_ACTIONS:-}" ]; then "${tenet[@]}" policy lint "$policies" --format github || true; fi
  open=
  section Lint "${tenet[@]}" policy lint "$policies" --format markdown
  if [ "$code" -ne 0 ]; then worst=1; fi
  section Tests "${tenet[@]}" policy test "$policies" --format markdown
  if [ "$code" -ne 0 ]; then worst=1; fi
  section "What the rules mean, against ${base:0:12}" "${tenet[@]}" policy diff "git:$base:$policies" "$policies" --format markdown
  if [ "$code" -ne 0 ] && [ "$code" -ne 10 ]; then worst=1; fi
  if [ "$worst" -eq 0 ]; then
    open=1
    section 'Who gains or loses what' "${tenet[@]}" policy plan "$policies" --against "${AGAINST:-live}" ${NAMES:+--names "$NAMES"} --format markdown
    worst=$code
    if [ -n "${TENET_POLICY_KEYS:-}" ]; then
      section Signatures signed
      # Where a rail blocks as well, that is what the check says.
      if [ "$code" -ne 0 ] && [ "$worst" -ne 20 ]; then worst=1; fi
    fi
  fi
  conclude "$worst"
}

# Whether the files are signed by a key that servers demand, as a block of Markdown.
signed() {
  "${tenet[@]}" policy verify "$policies" | sed 's/^/    /'
}

# The same for a policy store of an application.
do_store_review() {
  local worst=0 title="Policy review of $STORE"
  rm -rf "$review" && mkdir -p "$review"
  open=
  section Lint "${tenet[@]}" policy-store lint "$policies"
  if [ "$code" -ne 0 ]; then worst=1; fi
  section Tests "${tenet[@]}" policy-store test "$policies"
  if [ "$code" -ne 0 ]; then worst=1; fi
  if [ "$worst" -eq 0 ]; then
    open=1
    section 'Who gains or loses what' "${tenet[@]}" policy-store plan "$STORE" "$policies" ${FAIL_ON:+--fail-on "$FAIL_ON"} ${ALLOW_SAMPLE:+--allow-sample} --format markdown
    worst=$code
  fi
  conclude "$worst"
}

# conclude CODE: the comment, and the code for the check.
conclude() {
  local worst=$1 word
  case $worst in
    0) word='Nothing changes for anyone.' ;;
    10) word='A subject gains or loses something, or may: see the plan.' ;;
    20) word='**Blocked**: a rail of the plan says no, or it finds what it must not.' ;;
    22) word='**Not known**: the plan looked at a sample of the entities alone; the others may gain or lose something.' ;;
    *) word='**Failed**: see below.' ;;
  esac
  { echo "## $title"; echo; echo "$word"; echo; cat "$review/parts.md"; } >"$review/comment.md"
  echo "$worst" >"$review/code"
}

do_check() {
  local code
  code=$(cat "$review/code") || { echo 'There is no review: call policy.sh review first.' >&2; exit 1; }
  echo "The review ended with $code."
  exit "$code"
}

# gitlab PATH [OPTION...]: calls the API of GitLab. The token is not in the arguments, which others on the runner may read.
gitlab() {
  local path=$1
  shift
  curl --fail --silent --show-error --header @<(echo "PRIVATE-TOKEN: $COMMENT_TOKEN") "$@" "$CI_API_V4_URL/$path"
}

# The note that this account wrote for the same review is written anew; the first time there is none.
do_comment() {
  local notes="projects/$CI_PROJECT_ID/merge_requests/$CI_MERGE_REQUEST_IID/notes" me page some found note=
  me=$(gitlab user | node -p 'Number(JSON.parse(require("fs").readFileSync(0, "utf8")).id)')
  TITLE=$(head -n 1 "$review/comment.md")
  export TITLE
  for page in 1 2 3 4 5 6 7 8 9 10; do
    some=$(gitlab "$notes?per_page=100&sort=asc&order_by=created_at&page=$page")
    found=$(each "one.author.id === $me && one.body.split('\\n')[0].trim() === process.env.TITLE && String(one.id)" <<<"$some")
    note=${found%%$'\n'*}
    if [ -n "$note" ] || [ -z "$(each 'String(one.id)' <<<"$some")" ]; then break; fi
  done
  if [ -n "$note" ]; then set -- --request PUT; else set -- --request POST; fi
  gitlab "$notes${note:+/$note}" "$@" --data-urlencode "body@$review/comment.md" --output /dev/null
}

# put REVISION REASON [PLAN]: the files of a revision, with their signatures where it has any, are in force afterwards, or nothing has changed.
put() {
  local revision reason=$2 plan=${3:-} from signatures
  # Its full name: what begins with a dash would be an option of git archive.
  revision=$(git rev-parse --verify --end-of-options "$1^{commit}")
  from=$(mktemp -d)
  # git archive fails for a file that the revision does not have.
  signatures=$(git ls-tree --name-only "$revision" -- "$policies.signatures.json")
  git archive "$revision" -- "$policies" ${signatures:+"$signatures"} | tar -x -C "$from"
  "${tenet[@]}" policy apply "$from/$policies" ${plan:+--plan "$plan"} --reason "$reason" --git-commit "$revision"
  "${tenet[@]}" policy diff live "$from/$policies"
  rm -rf "$from"
}

# each EXPRESSION: a line for each element of the JSON array on standard input for which the expression about it, `one`, is a text. Node.js is where Tenet is.
each() {
  node -e "for (const one of JSON.parse(require('fs').readFileSync(0, 'utf8'))) { const text = $1; if (text) console.log(text); }"
}

# stage REASON PLAN: each scope that the files change begins in STAGE, with what was planned; the platform, which has no organizations to choose from, as a shadow.
stage() {
  local reason=$1 plan=$2 proposed changed revision where
  proposed=$("${tenet[@]}" policy propose "$policies" --reason "$reason" --git-commit "$(git rev-parse HEAD)" -o json)
  # shellcheck disable=SC2016
  changed=$(each 'one.changed && `${one.scope}@${one.revision}`' <<<"$proposed")
  if [ -z "$changed" ]; then echo 'What is in force says what the files say.'; fi
  for revision in $changed; do
    where=$STAGE
    case $revision in platform@*) where=shadow ;; esac
    "${tenet[@]}" policy activate "$revision" --stage "$where" --plan "$plan" ${GATE:+--gate "$GATE"} --reason "$reason"
  done
}

do_apply() {
  local before=$1 subject plan code=0
  subject=$(git log -1 --format=%s)
  plan=$(mktemp)
  # What is applied is what was planned: others may have changed something since the review.
  "${tenet[@]}" policy plan "$policies" -o json >"$plan" || code=$?
  case $code in
    0 | 10) ;;
    *) "${tenet[@]}" policy plan "$policies" --names "${NAMES:-places}" || true; echo "The plan ended with $code, so nothing is applied." >&2; exit "$code" ;;
  esac
  if [ "${STAGE:-all}" != all ]; then stage "${subject:0:200}" "$plan"; return; fi
  put HEAD "${subject:0:200}" "$plan"
  if [ -n "${CHECK:-}" ] && ! bash -c "$CHECK"; then
    echo "The check failed: what was in force before is put into force again." >&2
    put "$before" "Rollback to ${before:0:12}: the check after ${subject:0:120} failed"
    exit 1
  fi
}

# What is put into force in the store is what was planned; 21 where something has moved since.
do_store_apply() {
  local subject plan code=0
  subject=$(git log -1 --format=%s)
  plan=$(mktemp)
  "${tenet[@]}" policy-store plan "$STORE" "$policies" ${ALLOW_SAMPLE:+--allow-sample} -o json >"$plan" || code=$?
  case $code in
    0 | 10) ;;
    *) echo "The plan ended with $code, so nothing is applied." >&2; exit "$code" ;;
  esac
  "${tenet[@]}" policy-store apply "$STORE" "$policies" --plan "$plan" ${ALLOW_SAMPLE:+--allow-sample} --reason "${subject:0:200}" --git-commit "$(git rev-parse HEAD)"
}

# Every open rollout goes on, or says why it does not.
do_rollout() {
  local stage=$1 scope open failed=0
  open=$("${tenet[@]}" policy rollout status -o json)
  open=$(each one.scope <<<"$open")
  if [ -z "$open" ]; then
    # It says what has ended by itself.
    "${tenet[@]}" policy rollout status >&2
    echo 'Nothing is in a stage.' >&2
    exit 1
  fi
  for scope in $open; do
    if [ "$stage" = cancel ]; then
      "${tenet[@]}" policy rollout cancel "$scope" --reason 'Cancelled by the pipeline' || failed=1
    else
      "${tenet[@]}" policy rollout promote "$scope" --stage "$stage" --reason "Promoted by the pipeline to $stage" || failed=1
    fi
  done
  "${tenet[@]}" policy rollout status
  return $failed
}

case "${1:-} $#" in
  'review 2') do_review "$2" ;;
  'check 1') do_check ;;
  'comment 1') do_comment ;;
  'apply 2') do_apply "$2" ;;
  'rollout 2') do_rollout "$2" ;;
  'rollback 2') put "$2" "Rollback to $2" ;;
  'snapshot 2') "${tenet[@]}" policy snapshot --out "$2" ;;
  'store-review 1') do_store_review ;;
  'store-apply 1') do_store_apply ;;
  *) usage ;;
esac
