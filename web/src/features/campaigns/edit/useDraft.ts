import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiProblem } from '~/api/client';
import { queryClient } from '~/api/query';
import { type Campaign, type CampaignInput, inputOf, readAgain, save, type Template } from '../queries';
import { isChanged, isFrom, merged, type Versions } from './conflict';
import { unfinished } from './held';

export type Saving = 'saved' | 'waiting' | 'saving' | 'held' | 'refused' | 'apart';

const templateOf = (input: CampaignInput) =>
  queryClient.getQueryData<Template>(['template', input.template_id]);

/** What is not finished in a draft, as far as its template is known. */
const heldOf = (input: CampaignInput) => unfinished(input, templateOf(input));

/** What is sent: a mapping that is the template's own is left to it, so that it may be unfinished like it. */
function sendable(input: CampaignInput): CampaignInput {
  const own = templateOf(input)?.mapping;
  return own && JSON.stringify(own) === JSON.stringify(input.mapping) ? { ...input, mapping: null } : input;
}

/** What somebody else saved while something else was written here. */
export interface Conflict extends Versions {
  by: string | undefined;
  /** When, which is their version. */
  at: number;
}

export interface Draft {
  campaign: Campaign;
  input: CampaignInput;
  change: (patch: Partial<CampaignInput>) => void;
  saving: Saving;
  /** Pointers to what must be finished before it is worth a try to save. */
  held: string[];
  /** Why the last try to save was refused. */
  problem: unknown;
  /** What the server says about a field, by its pointer. */
  errorAt: (pointer: string) => string | undefined;
  /** Saves what is not saved yet; false when that was refused. */
  flush: () => Promise<boolean>;
  /** The version that is shown here. */
  version: () => number;
  /** Until somebody says what holds, nothing is saved. */
  conflict: Conflict | undefined;
  /** Saves what was changed here over theirs; what only they changed stays. */
  keepMine: () => Promise<boolean>;
  /** Gives up what was changed here. */
  takeTheirs: () => void;
}

const PAUSE = 600;
const keyOf = (id: string) => `harkara.draft.${id}`;

interface Kept {
  /** The version that it was made from, and what that said. */
  since: number;
  base: CampaignInput;
  input: CampaignInput;
}

/** What could not be saved before the page was left. */
function kept({ id }: Campaign): Kept | undefined {
  try {
    const text = sessionStorage.getItem(keyOf(id));
    return text ? (JSON.parse(text) as Kept) : undefined;
  } catch {
    return undefined;
  }
}

function keep(id: string, what: Kept | undefined): void {
  try {
    if (what) sessionStorage.setItem(keyOf(id), JSON.stringify(what));
    else sessionStorage.removeItem(keyOf(id));
  } catch {
    // Storage may be forbidden: the page still has it.
  }
}

/** What this page sent last of each draft: an answer that was lost on its way is nobody else's change. */
const sentLast = new Map<string, CampaignInput>();

/** A draft that saves itself a moment after each change. What the server refuses stays here, and says why. */
export function useDraft(campaign: Campaign): Draft {
  const [before] = useState(() => kept(campaign));
  const [input, setInput] = useState(() => before?.input ?? inputOf(campaign));
  const [saving, setSaving] = useState<Saving>('saved');
  const [problem, setProblem] = useState<unknown>();
  const [theirs, setTheirs] = useState<Omit<Conflict, 'mine'>>();
  const latest = useRef(input);
  const stored = useRef(before?.base ?? inputOf(campaign));
  const base = useRef(stored.current);
  const version = useRef(before?.since ?? campaign.updated_at);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const running = useRef<Promise<boolean>>(undefined);
  const undecided = useRef(false);
  const { id } = campaign;

  const isDirty = useCallback(() => JSON.stringify(latest.current) !== JSON.stringify(stored.current), []);
  const keepHere = useCallback(
    () => keep(id, { since: version.current, base: base.current, input: latest.current }),
    [id],
  );
  /** From here on changes are made to this version. */
  const standOn = useCallback((saved: Campaign, sent = inputOf(saved)) => {
    version.current = saved.updated_at;
    base.current = inputOf(saved);
    stored.current = sent;
  }, []);
  const decided = useCallback(() => {
    undecided.current = false;
    setTheirs(undefined);
    setProblem(undefined);
  }, []);

  const store = useCallback(async (): Promise<boolean> => {
    const sent = latest.current;
    setSaving('saving');
    try {
      const wire = sendable(sent);
      const answer = await save(id, wire, version.current);
      sentLast.set(id, sent);
      standOn(answer, sent);
      queryClient.setQueryData(['campaign', id], answer);
      setProblem(undefined);
      return true;
    } catch (error) {
      keepHere();
      if (error instanceof ApiProblem && error.code === 'changed_meanwhile') {
        const now = await readAgain(id).catch(() => undefined);
        const said = now && inputOf(now);
        const own = sentLast.get(id);
        if (now && said && own && isFrom(own, said)) {
          standOn(now, own);
          return true;
        }
        if (now && said && !isChanged({ base: base.current, theirs: said })) {
          standOn(now, stored.current);
          return true;
        }
        if (now && said) {
          undecided.current = true;
          setTheirs({
            sent: stored.current,
            base: base.current,
            theirs: said,
            by: error.changed?.by ?? undefined,
            at: now.updated_at,
          });
          setProblem(error);
          setSaving('apart');
          return false;
        }
      } else if (error instanceof ApiProblem && error.status === 0) {
        // It may have been taken all the same.
        sentLast.set(id, sent);
      }
      setProblem(error);
      setSaving('refused');
      return false;
    }
  }, [id, keepHere, standOn]);

  const flush = useCallback(async (): Promise<boolean> => {
    clearTimeout(timer.current);
    // One save at a time: two would make a conflict of their own.
    while (running.current) await running.current;
    if (undecided.current) {
      keepHere();
      setSaving('apart');
      return false;
    }
    let fine = true;
    if (isDirty() && heldOf(latest.current).length > 0) {
      keepHere();
      setProblem(undefined);
      setSaving('held');
      return false;
    }
    while (fine && isDirty()) {
      running.current = store();
      fine = await running.current;
      running.current = undefined;
    }
    if (fine) {
      keep(id, undefined);
      setSaving('saved');
    }
    return fine;
  }, [id, isDirty, keepHere, store]);

  const takeTheirs = useCallback(() => {
    const now = queryClient.getQueryData<Campaign>(['campaign', id]) ?? campaign;
    standOn(now);
    latest.current = stored.current;
    setInput(latest.current);
    keep(id, undefined);
    decided();
    setSaving('saved');
  }, [campaign, decided, id, standOn]);

  const keepMine = useCallback(() => {
    if (theirs) {
      latest.current = merged({ ...theirs, mine: latest.current });
      version.current = theirs.at;
      base.current = theirs.theirs;
      stored.current = theirs.theirs;
      setInput(latest.current);
      decided();
    }
    return flush();
  }, [decided, flush, theirs]);

  const change = useCallback(
    (patch: Partial<CampaignInput>) => {
      latest.current = { ...latest.current, ...patch };
      setInput(latest.current);
      setSaving('waiting');
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void flush(), PAUSE);
    },
    [flush],
  );

  // What was not saved before a reload is tried again; what is left is saved.
  useEffect(() => {
    if (isDirty()) void flush();
    return () => {
      if (isDirty()) void flush();
    };
  }, [flush, isDirty]);

  // Somebody else changed the draft: theirs is shown, unless something here is not saved. Versions rise, so an older one is an
  // answer that came late.
  useEffect(() => {
    if (campaign.updated_at <= version.current || isDirty()) return;
    standOn(campaign);
    latest.current = stored.current;
    setInput(latest.current);
  }, [campaign, isDirty, standOn]);

  const errorAt = useCallback(
    (pointer: string) =>
      problem instanceof ApiProblem ? problem.errors.find((e) => e.pointer === pointer)?.detail : undefined,
    [problem],
  );
  const held = saving === 'held' ? heldOf(input) : [];
  return {
    campaign,
    input,
    change,
    saving,
    held,
    problem,
    errorAt,
    flush,
    version: () => version.current,
    conflict: theirs && { ...theirs, mine: input },
    keepMine,
    takeTheirs,
  };
}
