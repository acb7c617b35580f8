import { useLingui } from '@lingui/react/macro';
import { type ClipboardEvent, type DragEvent, useState } from 'react';
import { type FileRule, useFileRules, useUnfit } from '~/ui/files';
import { attachments, useAttachment } from './attachments';
import type { useSender } from './queries';

/** Attaches a file to the next answer: chosen, dropped or pasted. */
export function useAttach(conversation: string, sender: ReturnType<typeof useSender>) {
  const { t } = useLingui();
  const told = useFileRules();
  const unfitFor = useUnfit();
  const attachment = useAttachment(conversation);
  const [refused, setRefused] = useState<string>();
  const [over, setOver] = useState(false);
  // Where nobody may see which provider it is, the server decides.
  const rules = told?.kinds.filter(({ kind }) => sender.can(kind)) ?? [];
  const take = (files: FileList | readonly File[]) => {
    const [file, ...more] = Array.from(files);
    if (!file || rules.length === 0) return;
    const unfit = unfitFor(rules, file);
    setRefused(
      unfit ??
        (more.length > 0 ? t`Only the first file is attached: one goes with each message.` : undefined),
    );
    if (!unfit) attachments.choose(conversation, file, rules as FileRule[]);
  };
  const hasFiles = (event: DragEvent) => rules.length > 0 && event.dataTransfer.types.includes('Files');
  return {
    /** What can be attached; nothing for those who may not upload. */
    rules,
    unreachable: told?.unreachable,
    attachment,
    /** Why a file was not taken, or not all. */
    refused,
    over,
    choose: (file: File) => take([file]),
    remove: () => {
      setRefused(undefined);
      attachments.remove(conversation);
    },
    retry: () => attachments.retry(conversation),
    paste: (event: ClipboardEvent) => {
      const { files, types } = event.clipboardData;
      // Office programs put a picture beside the words that were copied.
      if (files.length === 0 || types.includes('text/plain') || rules.length === 0) return;
      event.preventDefault();
      take(files);
    },
    drop: {
      onDragOver: (event: DragEvent) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setOver(true);
      },
      onDragLeave: () => setOver(false),
      onDrop: (event: DragEvent) => {
        setOver(false);
        if (!hasFiles(event)) return;
        event.preventDefault();
        take(event.dataTransfer.files);
      },
    },
  };
}
