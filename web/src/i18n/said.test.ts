import { i18n } from '@lingui/core';
import { expect, test, vi } from 'vitest';
import { loadSaid, said, speaker } from './said';

const say = speaker({
  'Nothing to do.': 'कुछ नहीं करना है।',
  'The provider took them.': 'प्रदाता ने स्वीकार किया।',
  'The provider refused them, and nothing was proven since: {0}': 'प्रदाता ने ठुकराया: {0|said}',
  'The account "{nickname}" said: {0}.': 'खाता "{nickname}" ने कहा: {0|said}।',
  'Give a number from {min} to {max}.': '{max} तक की संख्या दें, {min} से।',
  '{0} of {1} people would get it.': '{1} में से {0} लोगों को मिलेगा।',
  '{0} people would get it.': '{0} लोगों को मिलेगा।',
  'The header': 'हेडर',
  'has no value (a+b?) [$1]': 'का मान नहीं है',
  '{unfit}. Choose another.': '{unfit|said}। दूसरा चुनें।',
  'Write {{1}} in the body.': 'बॉडी में {{1}} लिखें।',
  'the file could not be received': 'फ़ाइल नहीं ली जा सकी',
  'The link of card {0}': 'कार्ड {0} का लिंक',
  'Given up after {0} attempts. {1}': '{0} कोशिशों के बाद छोड़ा। {1|said}',
  'It is away. We try again.': 'वह नहीं है। हम फिर कोशिश करेंगे।',
  'The campaign "{0}" is {state}.': 'कैंपेन "{0}": {state|said}।',
  'The campaign "{0}" is {1}: it is stopped for good.': 'कैंपेन "{0}" ({1|said}) बंद होगा।',
  paused: 'रुका हुआ',
  'the body is not JSON: {error}': 'JSON नहीं है: {error}',
});

test('a sentence is said as it stands', () => {
  expect(say('Nothing to do.')).toBe('कुछ नहीं करना है।');
  expect(say('Write {{1}} in the body.')).toBe('बॉडी में {{1}} लिखें।');
});

test('what nobody translated stays English, and so does what only looks like a sentence of ours', () => {
  for (const text of [
    '',
    'Nothing to do',
    'The sky fell.',
    'Give a number from 1 to 5',
    'constructor',
    'toString',
  ])
    expect(say(text)).toBe(text);
});

test('holes keep what stands in them, in the order of the other language', () => {
  expect(say('Give a number from 1 to 500.')).toBe('500 तक की संख्या दें, 1 से।');
  // The sentence that says more is tried before the shorter one that would fit as well.
  expect(say('3 of 5 people would get it.')).toBe('5 में से 3 लोगों को मिलेगा।');
});

test('a name that is also a word of ours stays a name', () => {
  expect(say('The account "The header" said: Nothing to do.')).toBe(
    'खाता "The header" ने कहा: कुछ नहीं करना है।',
  );
});

test('a name may hold a sentence where it is quoted, and a number at the end is one word', () => {
  expect(say('The account "Dr. Rao. Clinic" said: Nothing to do.')).toBe(
    'खाता "Dr. Rao. Clinic" ने कहा: कुछ नहीं करना है।',
  );
  expect(say('The link of card 2 has no value (a+b?) [$1]')).toBe('कार्ड 2 का लिंक का मान नहीं है');
  expect(say('the body is not JSON: expected a value')).toBe('JSON नहीं है: expected a value');
});

test('a sentence inside of another one is said too, also where it lost its full stop', () => {
  expect(say('The provider refused them, and nothing was proven since: Nothing to do. The sky fell.')).toBe(
    'प्रदाता ने ठुकराया: कुछ नहीं करना है। The sky fell.',
  );
  expect(say('The provider refused them, and nothing was proven since: code 77')).toBe(
    'प्रदाता ने ठुकराया: code 77',
  );
});

test('sentences that were joined are said one by one', () => {
  expect(say('Nothing to do. The sky fell. 3 of 5 people would get it. Nothing to do.')).toBe(
    'कुछ नहीं करना है। The sky fell. 5 में से 3 लोगों को मिलेगा। कुछ नहीं करना है।',
  );
});

test('of two sentences that would fit, the one that says more is meant, wherever it ends', () => {
  expect(say('The campaign "Big. Sale" is paused: it is stopped for good. Nothing to do.')).toBe(
    'कैंपेन "Big. Sale" (रुका हुआ) बंद होगा। कुछ नहीं करना है।',
  );
  expect(say('Given up after 5 attempts. It is away. We try again.')).toBe(
    '5 कोशिशों के बाद छोड़ा। वह नहीं है। हम फिर कोशिश करेंगे।',
  );
  expect(say('The campaign "Sale" is paused. Nothing to do.')).toBe('कैंपेन "Sale": रुका हुआ। कुछ नहीं करना है।');
});

test('two parts side by side are said when both are known, and one before a colon', () => {
  expect(say('The header has no value (a+b?) [$1]')).toBe('हेडर का मान नहीं है');
  expect(say('The header has no value (a+b?) [$1]. Choose another.')).toBe('हेडर का मान नहीं है। दूसरा चुनें।');
  expect(say('The header is odd')).toBe('The header is odd');
  expect(say('the file could not be received: broken pipe')).toBe('फ़ाइल नहीं ली जा सकी: broken pipe');
});

test('text that looks like a pattern, a hole or a replacement is only text', () => {
  expect(say('Give a number from $& to {min}.')).toBe('{min} तक की संख्या दें, $& से।');
  expect(say('has no value (aab) [$1]')).toBe('has no value (aab) [$1]');
  expect(say('The provider refused them, and nothing was proven since: <b>$1</b>')).toBe(
    'प्रदाता ने ठुकराया: <b>$1</b>',
  );
});

test('the catalogue is asked for once, never for English, and again after it failed', async () => {
  const answers = [
    new Response('', { status: 503 }),
    Response.json({ texts: { 'Nothing to do.': 'कुछ नहीं' } }),
  ];
  const fetch = vi.fn(async (_: string) => answers.shift());
  vi.stubGlobal('fetch', fetch);
  await loadSaid('en');
  expect(fetch).not.toHaveBeenCalled();
  i18n.loadAndActivate({ locale: 'hi', messages: {} });
  const changed = vi.fn();
  i18n.on('change', changed);
  await loadSaid('hi');
  expect(said('Nothing to do.')).toBe('Nothing to do.');
  expect(changed).not.toHaveBeenCalled();
  await Promise.all([loadSaid('hi'), loadSaid('hi')]);
  await loadSaid('hi');
  expect(fetch.mock.calls).toEqual([['/api/v1/texts/hi'], ['/api/v1/texts/hi']]);
  expect(said('Nothing to do.')).toBe('कुछ नहीं');
  expect(changed).toHaveBeenCalled();
  i18n.activate('en');
  expect(said('Nothing to do.')).toBe('Nothing to do.');
});
