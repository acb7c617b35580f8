import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Box, TextInput } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { ApiProblem } from '~/api/client';
import { useCan } from '~/api/session';
import { useSaid } from '~/i18n/said';
import { PageHeader } from '~/ui/PageHeader';
import { ProblemAlert } from '~/ui/ProblemAlert';
import type { Profile } from '~/ui/people';
import { done, failed } from '~/ui/toast';
import { useGuard } from '~/ui/useGuard';
import { Body } from './Body';
import classes from './Builder.module.css';
import { Buttons } from './Buttons';
import { BuilderContext } from './builder';
import { Cards } from './Cards';
import { ConflictOf } from './ConflictOf';
import { Custom } from './Custom';
import { Drift } from './Drift';
import type { Form, Template } from './form';
import { HeaderFields } from './HeaderFields';
import { Identity } from './Identity';
import { KindFields } from './KindFields';
import { Preview } from './Preview';
import { useReadAgain, useSave, useSubmit } from './queries';
import { RuleList, show } from './RuleList';
import { askReworded } from './reworded';
import { KeptNote, SaveBar } from './SaveBar';
import { Count, Section } from './Section';
import { StatusNote } from './StatusNote';
import { TemplateMenu } from './TemplateMenu';
import { ToSamples } from './ToSamples';
import { UsedBy } from './UsedBy';
import { useAutosave } from './useAutosave';
import { hindersSaving, useTemplateForm } from './useTemplateForm';
import { length, Quality, TemplateStatus } from './words';

interface Props {
  start: Form;
  saved?: Template | undefined;
  /** Stands above the form. */
  note?: ReactNode;
}

/** What a click made appear is seen, above the bar with the buttons. */
const intoView = (box: HTMLElement | null) => box?.scrollIntoView({ block: 'center' });

/** What a person asked for. */
type Act = 'submit' | { status: 'approved' | 'draft' | undefined };

/** Writes a template: the form, a phone that shows it, and what stands in the way. */
export function Builder({ start, saved, note }: Props) {
  const { t } = useLingui();
  const said = useSaid();
  const can = useCan();
  const navigate = useNavigate();
  const [problem, setProblem] = useState<unknown>();
  const [conflict, setConflict] = useState<{ by: string | undefined; again: Act }>();
  const [person, setPerson] = useState<Profile | null>(null);
  const state = useTemplateForm(start, saved, person);
  const { form, patch, carrier, dirty, rules } = state;
  const save = useSave();
  const readAgain = useReadAgain();
  const submit = useSubmit();
  // What this browser keeps is not lost when the page is left.
  const leave = useGuard(dirty && !state.kept, t`What you changed in this template is not saved.`);
  const writes = can('templates.write');
  const busy = save.isPending || submit.isPending;
  // What went to the provider changes only when somebody says so.
  const autosaves = writes && saved?.status === 'draft';
  const ours = !saved || saved.status === 'draft' || saved.status === 'rejected';
  const submittable = ours && form.kind === 'basic' && (carrier?.can('template_create') ?? false);

  /** Shows the first thing that hinders, if any. */
  const hindered = (hinders: (rule: (typeof rules)[number]) => boolean) => {
    const first = rules.find(hinders);
    if (!first) return false;
    state.insist();
    show(first.pointer);
    return true;
  };
  const begin = () => {
    setProblem(undefined);
    setConflict(undefined);
    autosave.again();
  };
  /** Whether it was refused because somebody else changed what was read here; then they are asked what holds. */
  const collides = async (error: unknown, again: Act): Promise<'asked' | 'same' | false> => {
    if (!saved || !(error instanceof ApiProblem) || error.code !== 'changed_meanwhile') return false;
    const theirs = await readAgain(saved.id).catch(() => undefined);
    if (!theirs) return false;
    if (!state.apart(theirs)) return 'same';
    setConflict({ by: error.changed?.by ?? undefined, again });
    return 'asked';
  };
  const autosave = useAutosave({
    state,
    saved,
    active: autosaves && !conflict && !busy,
    hindered: rules.some(hindersSaving),
    onRefused: (error) => {
      // Somebody submitted it meanwhile: the page says so, and what was typed is kept.
      if (saved && error instanceof ApiProblem && error.code === 'template_not_draft')
        return void readAgain(saved.id).catch(() => {});
      void collides(error, { status: undefined }).then((answer) => {
        if (answer === 'same') autosave.again();
        else if (!answer) {
          state.refuse(error, true);
          setProblem(error);
        }
      });
    },
  });
  const store = async (again: Act): Promise<Template | undefined> => {
    const status = again === 'submit' ? undefined : again.status;
    if (hindered(status === 'approved' ? (rule) => !rule.advice : hindersSaving)) return undefined;
    let wanted = status;
    if (saved && !ours && state.reworded && !status) {
      const answer = await askReworded(t`Save other words?`, t`Close`);
      if (!answer) return undefined;
      wanted = answer;
    }
    await autosave.settled();
    const form = state.now();
    try {
      const template = await save.mutateAsync({ form, saved, status: wanted, version: state.read() });
      if (saved) state.standOnSaved(form, template);
      return template;
    } catch (error) {
      if ((await collides(error, again)) === 'asked') return undefined;
      state.refuse(error);
      setProblem(error);
      return undefined;
    }
  };
  const opened = (template: Template) => {
    if (saved) return;
    leave();
    void navigate({ to: '/templates/$id', params: { id: template.id }, replace: true });
  };
  const onSave = async (status?: 'approved' | 'draft') => {
    begin();
    const template = await store({ status });
    if (!template) return;
    done(template.note ? said(template.note) : status === 'approved' ? t`Saved as approved.` : t`Saved.`);
    opened(template);
  };
  const onSubmit = async () => {
    begin();
    if (hindered((rule) => !rule.advice)) return;
    await autosave.settled();
    const template = dirty || !saved ? await store('submit') : saved;
    if (!template) return;
    try {
      await submit.mutateAsync(template.id);
      done(t`Submitted. WhatsApp looks at it, mostly within minutes.`);
    } catch (error) {
      state.refuse(error);
      // The page of a new template takes over; a toast stays.
      if (saved) setProblem(error);
      else failed(error);
    }
    opened(template);
  };

  const discard = () => {
    const mine = state.now();
    state.takeTheirs();
    begin();
    done(t`Discarded.`, async () => state.put(mine));
  };

  const limit = form.kind === 'offer' ? 600 : 1024;
  return (
    <BuilderContext value={{ form, patch, saved, carrier, problem: state.problem }}>
      <Anchor component={Link} to="/templates" size="sm">
        <Trans>All templates</Trans>
      </Anchor>
      <PageHeader
        title={saved ? saved.name : t`New template`}
        beside={
          saved && (
            <>
              <TemplateStatus status={saved.status} />
              <Quality of={saved} />
            </>
          )
        }
        actions={saved ? <TemplateMenu template={saved} dirty={dirty} onGone={leave} /> : <ToSamples />}
      />
      <div className={classes.wrap}>
        <div className={classes.columns}>
          <div>
            {saved?.at_provider && (
              <Box mb="lg" maw={760}>
                <Drift template={saved} dirty={dirty} />
              </Box>
            )}
            <fieldset className={classes.form} disabled={!writes || busy}>
              {note}
              {state.keptSince !== undefined && !autosaves && <KeptNote since={state.keptSince} />}
              {saved && <StatusNote template={saved} carrier={carrier} />}
              <Identity />
              <KindFields />
              {form.kind !== 'carousel' && <HeaderFields />}
              <Section title={<Trans>Body</Trans>}>
                <Body
                  key={state.version}
                  label={t`Text`}
                  text={form.body}
                  values={form.values}
                  onText={(body) => patch({ body })}
                  onSource={(name, source) =>
                    patch(({ values }) => ({ values: { ...values, [name]: source } }))
                  }
                  limit={limit}
                  at="/content/body"
                  mappedAt="/mapping/body"
                  where={(placeholder) => t`${placeholder} in the body`}
                />
              </Section>
              {form.kind === 'basic' && (
                <Section title={<Trans>Footer</Trans>}>
                  <TextInput
                    label={t`Footer text, if wanted`}
                    description={t`A small grey line, the same for everybody.`}
                    value={form.footer}
                    onChange={(e) => patch({ footer: e.currentTarget.value })}
                    rightSection={<Count used={length(form.footer)} of={60} />}
                    rightSectionWidth={64}
                    error={state.problem('/content/footer')}
                    data-pointer="/content/footer"
                    dir="auto"
                  />
                </Section>
              )}
              {form.kind === 'carousel' ? (
                <Cards />
              ) : (
                <Section
                  title={<Trans>Buttons</Trans>}
                  about={
                    <Trans>
                      Ten at most: two links, one call, one code, and quick replies, which stay together.
                      Phones show three; of more, two and a list.
                    </Trans>
                  }
                >
                  <Buttons
                    buttons={form.buttons}
                    onChange={(buttons) => patch({ buttons })}
                    at=""
                    kinds={['quick_reply', 'url', 'phone', 'copy_code']}
                    limits={{ url: 2, phone: 1, copy_code: 1 }}
                    most={10}
                  />
                </Section>
              )}
              <Custom />
            </fieldset>
            {conflict && saved && (
              <Box mt="lg" ref={intoView}>
                <ConflictOf
                  form={form}
                  theirs={saved}
                  by={conflict.by}
                  busy={busy}
                  onKeep={() => {
                    state.keepMine();
                    void (conflict.again === 'submit' ? onSubmit() : onSave(conflict.again.status));
                  }}
                  onTake={() => {
                    state.takeTheirs();
                    begin();
                  }}
                />
              </Box>
            )}
            {problem !== undefined && (
              <Box mt="lg">
                <ProblemAlert problem={problem} />
              </Box>
            )}
            {writes && (
              <SaveBar
                dirty={dirty}
                saved={Boolean(saved)}
                ours={ours}
                submittable={submittable}
                busy={busy}
                rules={rules}
                autosaves={autosaves}
                saving={autosave.saving}
                kept={state.kept}
                apart={conflict !== undefined}
                onDiscard={discard}
                onSave={onSave}
                onSubmit={onSubmit}
              />
            )}
          </div>
          <aside className={classes.side} aria-label={t`Preview and rules`}>
            <Preview
              form={form}
              title={carrier?.account.nickname ?? ''}
              person={person}
              onPerson={can('profiles.read') ? setPerson : undefined}
              missing={person ? state.missing : undefined}
            />
            <RuleList rules={rules} checking={state.checking} />
            {saved && <UsedBy id={saved.id} />}
          </aside>
        </div>
      </div>
    </BuilderContext>
  );
}
