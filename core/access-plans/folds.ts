/**
 * The fold of subjects, or of pairs of a subject and a place: the sum of the hashes of their ids, each times the weight of its place, modulo 2^64. So it is the
 * same in whatever groups they are counted. It tells that others are meant; it is no signature.
 */
export function foldOf(sum: bigint): bigint {
  return BigInt.asUintN(64, sum);
}

/** The weight of a project, by uuid: odd, so that no bit of a hash is lost. What is not in a project counts once. */
export function weightOf(project: string | null): bigint {
  return project === null ? 1n : BigInt(`0x${project.replaceAll('-', '').slice(16)}`) | 1n;
}
