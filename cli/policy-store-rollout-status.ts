import type { components } from '../api/contract/openapi.d.ts';
import { counted } from '../core/base/counted.ts';
import { printable } from '../core/base/text.ts';
import type { StoreHead } from '../core/policy-stores/heads.ts';
import { connect, type ServerOptions } from './api-client.ts';
import { type Format, type Out, print, table } from './output.ts';
import { findStore, type NamedStore } from './policy-store-place.ts';
import { effectWords, lastRolloutWords, stageName } from './rollout-words.ts';

/** A rollout as a server answers it. */
export type StoreRollout = components['schemas']['PolicyStoreRollout'];

/** `tenet policy-store rollout status`: the open rollout of a store, or else the last one, with what its comparison has found. */
export async function rolloutStatus(
  store: string,
  options: ServerOptions & { readonly output: Format },
  out: Out = console.log,
): Promise<void> {
  const api = connect(options);
  const named = await findStore(api, store);
  const { body: head } = await api.get<StoreHead>(`${named.path}/head`);
  const id = head.rolloutId ?? (await api.all<StoreRollout>(`${named.path}/rollouts`, 1))[0]?.id;
  const rollout = id === undefined ? null : (await api.get<StoreRollout>(`${named.path}/rollouts/${id}`)).body;
  print(options.output, out, rollout, () => (rollout === null ? [`There is no rollout of ${named.name}.`] : linesOf(named, rollout)));
}

function linesOf(named: NamedStore, rollout: StoreRollout): string[] {
  const { id, revision, baseRevision, stage, movedAt, movedBy, movedReason, figures, findings = [] } = rollout;
  const isOpen = stage === 'SHADOW' || stage === 'CANARY';
  return [
    ...(isOpen
      ? [
          `${named.name}: rollout ${id} of revision ${revision}, compared with revision ${baseRevision}: ${stageWords(rollout)}`,
          `since ${movedAt}, by ${movedBy}: ${printable(movedReason)}`,
        ]
      : [lastRolloutWords(named.name, rollout), `compared with revision ${baseRevision}; ended by ${movedBy}`]),
    ...gateLines(rollout),
    ...(figures.dropped > 0 ? [`${counted(figures.dropped, 'decision was', 'decisions were')} not compared`] : []),
    ...(findings.length > 0 ? ['', ...findingsTable(findings)] : []),
  ];
}

/** What the comparison has found, against what promotion asks for. */
function gateLines({ gates, figures }: StoreRollout): string[] {
  const { decisions = 0, unplanned: allowed = 0 } = gates;
  const { compared, planned, unplanned } = figures;
  const missing = compared < decisions ? `${counted(decisions - compared)} more` : 'met';
  const tooMany = unplanned > allowed ? `${counted(unplanned - allowed)} too many` : 'met';
  return [
    `${counted(compared, 'decision')} compared; the gate asks for ${counted(decisions)}: ${missing}`,
    `${counted(unplanned, 'differs', 'differ')} where that is not planned; the gate allows ${counted(allowed)}: ${tooMany}`,
    `${counted(planned, 'differs', 'differ')} as planned`,
  ];
}

function findingsTable(findings: NonNullable<StoreRollout['findings']>): string[] {
  return table(
    ['EFFECT', 'WHO', 'ACTION', 'ON', 'BEFORE', 'AFTER', 'DECISIONS', 'PLANNED'],
    findings.map(({ effect, subjectType, action, resourceType, beforeLine, afterLine, count, planned }) => [
      effectWords[effect],
      ...[subjectType, action, resourceType, rowOf(beforeLine), rowOf(afterLine)],
      ...[String(count), planned ? 'yes' : 'no'],
    ]),
  );
}

const rowOf = (line: number | undefined): string => (line === undefined ? 'no row' : `policy.csv:${line}`);

/** `shadow`, or `canary 5 %`. */
export function stageWords({ stage, canary }: Pick<StoreRollout, 'stage' | 'canary'>): string {
  return [stageName(stage), ...(stage === 'CANARY' && canary ? [`${canary.share / 100} %`] : [])].join(' ');
}
