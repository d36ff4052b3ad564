/** How many places a sentence names. */
const named = 10;

/** The first of some places as a sentence has them, with how many more there are: `org_a, org_b and 2 more`. */
export function firstNames(places: readonly string[]): string {
  const shown = places.slice(0, named).join(', ');
  return places.length > named ? `${shown} and ${places.length - named} more` : shown;
}
