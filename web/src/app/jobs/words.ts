import { plural } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import type { Schemas } from '~/api/client';
import { useSaid } from '~/i18n/said';
import { useFormat } from '~/ui/format';
import type { Job } from './jobs';

export interface JobWords {
  name: string;
  /** How far it is, or what came of it. */
  told: string;
  to: string;
}

/** What the tray says about a job. */
export function useJobWords(): (job: Job) => JobWords {
  const { t } = useLingui();
  const format = useFormat();
  const said = useSaid();
  const many = (n: number) => format.number(n);
  const bulkName = ({ act, list }: Schemas['Bulk'], over: boolean) => {
    if (act === 'opt_out') return over ? t`Opt-out of many people` : t`Opting people out`;
    if (act === 'remove_from_list')
      return over && list ? t`People taken off ${list}` : t`Taking people off a list`;
    return over && list ? t`People put on ${list}` : t`Putting people on a list`;
  };
  return (job) => {
    const { of } = job;
    if ('begun' in of) return { name: of.name, told: of.end?.result ?? '', to: of.to };
    if ('file_name' in of) {
      const name = of.file_name;
      const to = `/profiles/imports/${of.id}`;
      if (of.undo) {
        const people = many(of.undo.people.done);
        return { name, told: of.undo.finished ? t`Undone.` : t`Being undone: ${people} people`, to };
      }
      if (job.state === 'running') return { name, told: t`${many(of.rows)} rows`, to };
      if (job.state === 'paused') return { name, told: t`Paused after ${many(of.rows)} rows`, to };
      const bad = of.invalid;
      const counts = [
        t`${many(of.created)} new, ${many(of.updated)} changed, ${many(of.unchanged)} as before.`,
        bad > 0 ? plural(bad, { one: '1 bad row.', other: `${many(bad)} bad rows.` }) : '',
      ];
      const why = of.problem ? said(of.problem) : '';
      return { name, told: [...(job.good ? [] : [why]), ...counts].filter(Boolean).join(' '), to };
    }
    const name = bulkName(of, job.state === 'over');
    const to = of.list_id ? `/profiles?list=${encodeURIComponent(of.list_id)}` : '/profiles';
    const [done, total] = [many(of.done), many(of.total)];
    if (job.state !== 'over') return { name, told: t`${done} of ${total}`, to };
    const matched = typeof of.matched === 'number' ? many(of.matched) : '';
    const counts = matched
      ? t`${matched} match, ${many(of.changed)} changed.`
      : t`${done} of ${total} done, ${many(of.changed)} changed.`;
    const why = of.problem ? `${said(of.problem)} ` : '';
    return { name, told: `${job.good ? '' : why}${counts}`, to };
  };
}
