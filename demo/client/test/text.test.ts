import { expect, it } from "vitest";
import { duration, humanise, moment, splitEmail } from "../src/text";

it.each([
  ["Subject: Hello\n\nDear", "Hello", "Dear"],
  ["\n**Subject:** Hello\nDear", "Hello", "Dear"],
  ["subject: Hal", "Hal", ""],
  ["Dear Dana,", null, "Dear Dana,"],
  ["", null, ""],
])("splits %j", (text, subject, body) => {
  expect(splitEmail(text)).toEqual({ subject, body });
});

it("says durations in the unit one reads them in", () => {
  expect([duration(85), duration(999.6), duration(1234)]).toEqual(["85 ms", "1.0 s", "1.2 s"]);
});

it("shows what is no time as it is", () => {
  expect(moment("")).toBe("");
  expect(moment("soon")).toBe("soon");
  expect(moment("2025-11-20T09:00:00Z")).toMatch(/^\d+ Nov, \d\d:\d\d$/);
});

it("makes words of keys", () => {
  expect(humanise("contact_role")).toBe("Contact role");
  expect(humanise("")).toBe("");
});
