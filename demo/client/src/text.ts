/** Splits what has come of an email so far into subject and body: models write "Subject: ..." first. */
export function splitEmail(text: string): { subject: string | null; body: string } {
  const match = /^\s*(?:\*\*)?subject(?:\*\*)?:(?:\*\*)?[ \t]*([^\n]*)\n*/i.exec(text);
  if (!match) return { subject: null, body: text };
  return { subject: (match[1] ?? "").trim(), body: text.slice(match[0].length) };
}

/** "contact_role" -> "Contact role" */
export function humanise(key: string): string {
  const words = key.replace(/_/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** 1234 -> "1.2 s"; 85 -> "85 ms" */
export function duration(milliseconds: number): string {
  return milliseconds < 999.5
    ? `${Math.round(milliseconds)} ms`
    : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** "2025-11-20T09:00:00Z" -> "20 Nov, 09:00" in the reader's own time; what is no time stays as it is. */
export function moment(iso: string): string {
  const when = new Date(iso);
  if (Number.isNaN(when.getTime())) return iso;
  const day = when.toLocaleDateString("en-GB", { day: "numeric", month: "short" });
  const time = when.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  return `${day}, ${time}`;
}
