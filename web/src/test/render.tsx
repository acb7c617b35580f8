import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render as plain } from '@testing-library/react';
import type { ReactElement } from 'react';
import { theme } from '~/app/theme';

/** Renders with theme, texts and an empty query cache. */
export function render(element: ReactElement) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return plain(
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={client}>
        <MantineProvider theme={theme} env="test">
          {element}
        </MantineProvider>
      </QueryClientProvider>
    </I18nProvider>,
  );
}
