// Prints the live handles of the launcher in the form in which the peers print undropped ones: `left kind number`.

const answer = await fetch('http://localhost:8100/__mock/handles');
if (!answer.ok) throw new Error(`the launcher answered ${answer.status}`);
for (const [kind, { numbers }] of Object.entries(await answer.json())) {
  for (const number of numbers) console.log(`left ${kind} ${number}`);
}
