import { Trans } from '@lingui/react/macro';
import { Button, Center } from '@mantine/core';
import { ProblemAlert } from './ProblemAlert';

interface Props {
  pages: {
    error: Error | null;
    hasNextPage: boolean;
    isFetchingNextPage: boolean;
    isFetchNextPageError: boolean;
    fetchNextPage: () => unknown;
  };
}

/** The end of a listing that goes on: more of it by hand, or why the next page did not come. */
export function ShowMore({ pages }: Props) {
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = pages;
  if (isFetchNextPageError) return <ProblemAlert problem={pages.error} retry={() => void fetchNextPage()} />;
  if (!hasNextPage) return null;
  return (
    <Center py="xs">
      <Button variant="subtle" size="xs" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
        <Trans>Show more</Trans>
      </Button>
    </Center>
  );
}
