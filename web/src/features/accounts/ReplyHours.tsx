import type { AutoReplyForm } from './useAutoReply';
import { WeekFields } from './WeekFields';

/** When the answer is given. */
export function ReplyHours({ form }: { form: AutoReplyForm }) {
  const { draft, set, errorAt } = form;
  return (
    <WeekFields
      zone={draft.zone}
      days={draft.days}
      onChange={set}
      errorAt={(place) => errorAt(`hours.${place}`)}
    />
  );
}
