import { emptyForm, type Form } from './form';

/** What was written and is not saved, kept in this browser for whoever wrote it. */
export interface Kept {
  /** The version that it was made from, and what that said. */
  since: number;
  of: string;
  form: Form;
  at: number;
}

const keyOf = (user: string, template: string) => `harkara.template.${user}.${template}`;

export function readKept(user: string, template: string): Kept | undefined {
  try {
    const text = localStorage.getItem(keyOf(user, template));
    if (!text) return undefined;
    const kept = JSON.parse(text) as Kept;
    // A dashboard of before may have kept less of it.
    return { ...kept, form: { ...emptyForm(), ...kept.form } };
  } catch {
    return undefined;
  }
}

/** Whether it is kept; private windows of some browsers keep nothing. */
export function keep(user: string, template: string, what: Kept | undefined): boolean {
  try {
    if (what) localStorage.setItem(keyOf(user, template), JSON.stringify(what));
    else localStorage.removeItem(keyOf(user, template));
    return true;
  } catch {
    return false;
  }
}
