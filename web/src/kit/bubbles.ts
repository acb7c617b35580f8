import type { WaContent } from '~/wa/content';

const plain = (body: string): WaContent => ({ body, buttons: [] });

/** What a phone can show, one of each. */
export const BUBBLES: Record<string, WaContent> = {
  'Text with marks': plain(
    '*Namaste* Asha, your order _4711_ is ~late~ on its way.\n```ORDER-4711```\n- one\n- two\n> said before',
  ),
  'What is not filled in yet': plain('Hello {{name}}, {{2}} is waiting for you.'),
  'From right to left': plain('مرحبا، طلبك رقم 4711 في الطريق.'),
  'Header, footer, buttons': {
    header: { type: 'text', text: 'Diwali offer' },
    body: 'Double points until Sunday.',
    footer: 'Write STOP to end',
    buttons: [
      { kind: 'quick_reply', text: 'Tell me more', value: 'more' },
      { kind: 'url', text: 'To the shop', value: 'https://shop.example' },
      { kind: 'phone', text: 'Call us', value: '+919999900000' },
      { kind: 'copy_code', text: 'Copy the code', value: 'LAMPS' },
    ],
  },
  Image: { ...plain('With a picture that is not there yet.'), header: { type: 'media', kind: 'image' } },
  Document: {
    ...plain('Your invoice.'),
    header: { type: 'media', kind: 'document', filename: 'invoice-4711.pdf' },
  },
  Location: {
    ...plain('Here we are.'),
    header: { type: 'location', latitude: 18.52, longitude: 73.85, name: 'Shop', address: 'MG Road, Pune' },
  },
  'List message': {
    ...plain('What is it about?'),
    menu: {
      button: 'Choose',
      sections: [
        {
          title: 'Orders',
          rows: [
            { id: 'late', title: 'It is late', description: 'Where is it now' },
            { id: 'wrong', title: 'It is the wrong one' },
          ],
        },
      ],
    },
  },
  'Limited-time offer': {
    ...plain('Only this week.'),
    offer: { text: '20 % off', ends: true, code: 'LAMPS' },
  },
  Carousel: {
    ...plain('Two of our lamps.'),
    cards: ['Brass', 'Clay'].map((body) => ({
      header: { type: 'media', kind: 'image' },
      body,
      buttons: [{ kind: 'quick_reply', text: 'I want it' }],
    })),
  },
  Contacts: {
    ...plain(''),
    special: { kind: 'contacts', contacts: [{ name: 'Ravi Iyer', phone: '+919999900101' }] },
  },
  Reaction: { ...plain(''), special: { kind: 'reaction', emoji: '🪔' } },
  'A kind that is not known': { ...plain(''), special: { kind: 'other', name: 'poll' } },
};
