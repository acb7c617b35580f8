import { useSyncExternalStore } from 'react';
import { isAbort } from '~/api/upload';
import { type FileRule, ruleOf, type Uploaded, uploadFile } from '~/ui/files';

/** A file that goes with the next answer. It stays with its conversation while others are looked at. */
export interface Attachment {
  name: string;
  bytes: number;
  /** What it is sent as, such as `image`. */
  kind: string;
  /** Shows it before it is uploaded; of pictures only. */
  preview?: string | undefined;
  /** How much of it is uploaded, from 0 to 1. */
  share: number;
  /** Where it is, once all of it is uploaded. */
  uploaded?: Uploaded | undefined;
  problem?: unknown;
}

/** Kinds that WhatsApp shows no words with. */
export const wordless = (kind: string) => kind === 'audio' || kind === 'sticker';

interface Held {
  shown: Attachment;
  file?: File | undefined;
  leaving: AbortController;
}

let all: Readonly<Record<string, Held>> = {};
const listeners = new Set<() => void>();

function put(conversation: string, held: Held | undefined): void {
  const { [conversation]: before, ...rest } = all;
  all = held ? { ...rest, [conversation]: held } : rest;
  const { preview } = before?.shown ?? {};
  if (preview && preview !== held?.shown.preview) URL.revokeObjectURL(preview);
  for (const tell of listeners) tell();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

async function upload(conversation: string, held: Held & { file: File }): Promise<void> {
  const { file, leaving } = held;
  const change = (part: Partial<Attachment>) => {
    const now = all[conversation];
    // Another file may stand there by now.
    if (now?.leaving === leaving) put(conversation, { ...now, shown: { ...now.shown, ...part } });
  };
  try {
    const uploaded = await uploadFile(
      file,
      { kind: held.shown.kind, purpose: 'answer' },
      (share) => change({ share }),
      leaving.signal,
    );
    // The same bytes may have been uploaded before, under another name.
    change({ uploaded: { ...uploaded, name: file.name }, share: 1 });
  } catch (problem) {
    if (!isAbort(problem)) change({ problem });
  }
}

export const attachments = {
  /** Takes a file in place of the one before, and begins to upload it. */
  choose: (conversation: string, file: File, rules: readonly FileRule[]) => {
    const kind = ruleOf(rules, file)?.kind;
    if (!kind) return;
    all[conversation]?.leaving.abort();
    const picture = kind === 'image' || kind === 'sticker';
    const preview = picture ? URL.createObjectURL(file) : undefined;
    const shown = { name: file.name, bytes: file.size, kind, preview, share: 0 };
    const held = { shown, file, leaving: new AbortController() };
    put(conversation, held);
    void upload(conversation, held);
  },
  /** Tries again what did not arrive. */
  retry: (conversation: string) => {
    const before = all[conversation];
    if (!before?.file) return;
    const shown = { ...before.shown, share: 0, problem: undefined };
    const held = { shown, file: before.file, leaving: new AbortController() };
    put(conversation, held);
    void upload(conversation, held);
  },
  /** Puts back what was not sent after all, unless another file stands there. */
  putBack: (conversation: string, uploaded: Uploaded) => {
    if (all[conversation]) return;
    const { name, bytes, kind } = uploaded;
    put(conversation, { shown: { name, bytes, kind, share: 1, uploaded }, leaving: new AbortController() });
  },
  remove: (conversation: string) => {
    all[conversation]?.leaving.abort();
    put(conversation, undefined);
  },
};

/** What goes with the next answer in a conversation. */
export const useAttachment = (conversation: string): Attachment | undefined =>
  useSyncExternalStore(subscribe, () => all[conversation]?.shown);
