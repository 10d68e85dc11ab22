// Times the search of the page of error messages. It reads JSON, {data, texts}, and
// prints for each text the milliseconds of some searches: deno run time_search.js
import process from "node:process";
import { searchOf } from "../tests/support/error_search.js";

const RUNS = 7;

const { data, texts } = await new Response(Deno.stdin.readable).json();
const search = searchOf(data);

// Of the processor, lest what else the machine does counts.
function milliseconds(text) {
  const begin = process.cpuUsage();
  search(text);
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1000;
}

const times = texts.map((text) =>
  Array.from({ length: RUNS }, () => milliseconds(text))
);
console.log(JSON.stringify(times));
