import { beforeEach, expect, test } from "vitest";
import { Inquiries } from "../../../../demos/gpt/inspect/inquiries.ts";
import type { InspectReply, InspectRequest } from "../../../../demos/gpt/inspect/inspectTypes.ts";

const question: InspectRequest = { kind: "next", text: "a" };
const other: InspectRequest = { kind: "embedding" };

let posted: [number, InspectRequest][];
let inquiries: Inquiries;

beforeEach(() => {
  posted = [];
  inquiries = new Inquiries((id, request) => posted.push([id, request]));
});

const refused = (reason: string): InspectReply => ({ kind: "refused", reason });

test("answers go to their questions, whatever their order, and once", async () => {
  const [first, second] = [inquiries.ask(question), inquiries.ask(other)];
  const [[firstId], [secondId]] = posted;
  expect(posted).toEqual([
    [firstId, question],
    [secondId, other],
  ]);
  inquiries.answer(secondId, refused("two"));
  inquiries.answer(secondId, refused("again"));
  inquiries.answer(firstId, refused("one"));
  expect([await first, await second]).toEqual([refused("one"), refused("two")]);
});

test("what a run leaves open is put to the next one, and nothing else", async () => {
  const [first, second] = [inquiries.ask(question), inquiries.ask(other)];
  const [, [secondId]] = posted;
  inquiries.answer(secondId, refused("two"));
  await second;
  inquiries.begin();
  expect(posted).toHaveLength(3);
  expect(posted[2]).toEqual(posted[0]);
  inquiries.answer(posted[2][0], refused("one"));
  expect(await first).toEqual(refused("one"));
});

test("where nobody answers all is refused, until somebody does again", async () => {
  const open = inquiries.ask(question);
  inquiries.refuse("Nobody is here.");
  expect(await open).toEqual(refused("Nobody is here."));
  expect(await inquiries.ask(other)).toEqual(refused("Nobody is here."));
  expect(posted).toHaveLength(1);
  inquiries.begin();
  expect(posted).toHaveLength(1);
  void inquiries.ask(other);
  expect(posted).toHaveLength(2);
});
