import { modals } from '@mantine/modals';

type Dialog = Parameters<typeof modals.open>[0];

let ready = false;
const asked: Dialog[] = [];

/** Opens a dialog; what is asked for before dialogs can appear appears as soon as they can. */
export function openDialog(dialog: Dialog): void {
  if (ready) modals.open(dialog);
  else asked.push(dialog);
}

/** From now on dialogs appear. */
export function dialogsReady(): void {
  ready = true;
  for (const dialog of asked.splice(0)) modals.open(dialog);
}
