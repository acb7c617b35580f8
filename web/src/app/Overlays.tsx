import '@mantine/notifications/styles.layer.css';
import './print.css';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { useEffect } from 'react';
import { dialogsReady } from '~/ui/dialogs';
import { lightOnPaper } from './print';

/** Where dialogs and notices appear, and how pages are printed: loaded after the first page is seen. */
export function Overlays() {
  // After the effects of what stands below.
  useEffect(dialogsReady, []);
  useEffect(lightOnPaper, []);
  return (
    <>
      <ModalsProvider>{null}</ModalsProvider>
      <Notifications position="top-center" />
    </>
  );
}
