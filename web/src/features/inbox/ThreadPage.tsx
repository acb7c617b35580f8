import { useParams } from '@tanstack/react-router';
import { Thread } from './Thread';

export function ThreadPage() {
  const { id } = useParams({ from: '/shell/inbox/$id' });
  return <Thread key={id} id={id} />;
}
