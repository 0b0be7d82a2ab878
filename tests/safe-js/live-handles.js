// Prints the live handles of the launcher in the form in which the peers print undropped ones: `left kind number`.

const answer = await fetch('http://localhost:8100/__mock/handles');
if (!answer.ok) throw new Error(`the launcher answered ${answer.status}`);
// Beside the kinds, the answer lists the handles with the requests that made them.
const { handles: _list, ...kinds } = await answer.json();
for (const [kind, { numbers }] of Object.entries(kinds)) {
  for (const number of numbers) console.log(`left ${kind} ${number}`);
}
