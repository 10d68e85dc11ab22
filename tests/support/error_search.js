// The search of the page of error messages, over data like helpers/messages.json.
import "../../book/_static/errors.js";

/** Returns a function from a text to the ids of the entries that are found. */
export function searchOf({ rules, entries }) {
  const search = new globalThis.errorFinder.Search(
    rules,
    entries.map(({ kind, wordings, words = [] }) => ({
      kind,
      texts: [...wordings.map(({ text }) => text), ...words],
    })),
  );
  const ids = (numbers) => numbers.map((number) => entries[number].id);
  return (text) => {
    const { found, nearest } = search.search(text);
    return { found: ids(found), nearest: ids(nearest) };
  };
}
