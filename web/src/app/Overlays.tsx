import '@mantine/notifications/styles.layer.css';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { useEffect } from 'react';
import { dialogsReady } from '~/ui/dialogs';

/** Where dialogs and notices appear: loaded after the first page is seen. */
export function Overlays() {
  // After the effects of what stands below.
  useEffect(dialogsReady, []);
  return (
    <>
      <ModalsProvider>{null}</ModalsProvider>
      <Notifications position="top-center" />
    </>
  );
}
