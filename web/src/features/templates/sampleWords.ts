/**
 * What the samples say. These are messages to customers and no texts of the dashboard, so they are not in its catalogues.
 * The buttons that end promotions carry words that the server takes for an opt-out (`opt_out_words`).
 */
export const WORDS = {
  order_confirmed: {
    en: {
      title: 'We have your order',
      body: 'Hello {{1}},\n\nthank you for your order *{{2}}*. Your payment of {{3}} has reached us, and we are packing it now.\n\nYou hear from us again when it leaves our shop.',
      values: ['there', 'A-1042', '₹1,499'],
      buttons: ['See my order'],
    },
    hi: {
      title: 'आपका ऑर्डर मिल गया',
      body: 'नमस्ते {{1}},\n\nऑर्डर *{{2}}* के लिए धन्यवाद। आपका {{3}} का भुगतान हमें मिल गया है और हम सामान पैक कर रहे हैं।\n\nदुकान से निकलते ही हम आपको फिर लिखेंगे।',
      values: ['जी', 'A-1042', '₹1,499'],
      buttons: ['मेरा ऑर्डर देखें'],
    },
  },
  order_shipped: {
    en: {
      body: 'Hello {{1}}, your order {{2}} has left our shop with {{3}}.\n\nIt should be with you by *{{4}}*. Please keep your phone at hand that day: the courier may call.',
      values: ['there', 'A-1042', 'City Courier', 'Friday'],
      buttons: ['Thank you', 'Change the address'],
    },
    hi: {
      body: 'नमस्ते {{1}}, आपका ऑर्डर {{2}} हमारी दुकान से {{3}} के साथ निकल चुका है।\n\nयह *{{4}}* तक आप तक पहुँच जाना चाहिए। उस दिन फ़ोन पास रखें, कूरियर वाले फ़ोन कर सकते हैं।',
      values: ['जी', 'A-1042', 'सिटी कूरियर', 'शुक्रवार'],
      buttons: ['धन्यवाद', 'पता बदलें'],
    },
  },
  out_for_delivery: {
    en: {
      body: 'Good news, {{1}}: your order {{2}} comes today, between *{{3}}*.\n\nThe button below shows where it is. If nobody will be at home, call us and we find another time.',
      values: ['dear customer', 'A-1042', '4 and 6 pm'],
      buttons: ['Track my order', 'Call us'],
    },
    hi: {
      body: 'अच्छी ख़बर, {{1}}: आपका ऑर्डर {{2}} आज *{{3}}* आ रहा है।\n\nनीचे के बटन से देखें कि वह कहाँ पहुँचा। अगर घर पर कोई न हो, तो हमें फ़ोन करें, हम दूसरा समय तय करेंगे।',
      values: ['जी', 'A-1042', 'शाम 4 से 6 बजे के बीच'],
      buttons: ['ऑर्डर कहाँ है', 'हमें फ़ोन करें'],
    },
  },
  appointment_reminder: {
    en: {
      body: 'Hello {{1}},\n\nwe expect you on *{{2}}* at *{{3}}*.\n\nShould the time no longer suit you, tell us the day before, so that somebody else can have it.',
      values: ['there', '12 March', '10:30 am'],
      footer: 'Please come ten minutes early',
      buttons: ['I will come', 'Change the time'],
    },
    hi: {
      body: 'नमस्ते {{1}},\n\n*{{2}}* को *{{3}}* हम आपका इंतज़ार करेंगे।\n\nअगर यह समय ठीक न हो, तो एक दिन पहले बता दें, ताकि यह समय किसी और को दिया जा सके।',
      values: ['जी', '12 मार्च', 'सुबह 10:30 बजे'],
      footer: 'कृपया दस मिनट पहले आएँ',
      buttons: ['हाँ, आ रहे हैं', 'समय बदलें'],
    },
  },
  payment_reminder: {
    en: {
      body: 'Hello {{1}},\n\na payment of *{{2}}* for invoice {{3}} is due on {{4}}.\n\nYou can pay with the button below. If you have paid already, there is nothing to do.',
      values: ['there', '₹2,350', 'R-2048', '5 April'],
      buttons: ['Pay now', 'I have a question'],
    },
    hi: {
      body: 'नमस्ते {{1}},\n\nबिल {{3}} के *{{2}}* का भुगतान {{4}} तक करना है।\n\nनीचे के बटन से भुगतान कर सकते हैं। अगर आप भुगतान कर चुके हैं, तो कुछ करने की ज़रूरत नहीं।',
      values: ['जी', '₹2,350', 'R-2048', '5 अप्रैल'],
      buttons: ['अभी भुगतान करें', 'मुझे कुछ पूछना है'],
    },
  },
  cart_waiting: {
    en: {
      body: 'Hello {{1}},\n\n{{2}} is still in your cart, and we have kept it for you.\n\nUse the code below until Sunday and pay *10 % less*.',
      values: ['there', 'The blue cotton kurta'],
      footer: 'Reply STOP to get no more offers',
      buttons: ['', 'Back to my cart'],
    },
    hi: {
      body: 'नमस्ते {{1}},\n\n{{2}} अब भी आपके कार्ट में है, हमने इसे आपके लिए रखा है।\n\nनीचे का कोड रविवार तक लगाएँ और *10 % कम* दें।',
      values: ['जी', 'नीला सूती कुर्ता'],
      footer: 'ऑफ़र न चाहिए तो "रोकें" लिखें',
      buttons: ['', 'कार्ट पर जाएँ'],
    },
  },
  festive_offer: {
    en: {
      body: 'Hello {{1}},\n\nthe festive season has begun in our shop: *{{2}} off* everything until {{3}}.\n\nWould you like to see what is new?',
      values: ['there', '20 %', 'Sunday'],
      buttons: ['Show me', 'Where is the shop?', 'Stop promotions'],
    },
    hi: {
      body: 'नमस्ते {{1}},\n\nहमारी दुकान में त्योहार शुरू हो गया है: {{3}} तक हर चीज़ पर *{{2}} की छूट*।\n\nक्या आप देखना चाहेंगे कि नया क्या है?',
      values: ['जी', '20 %', 'रविवार'],
      buttons: ['दिखाइए', 'दुकान कहाँ है?', 'बंद करें'],
    },
  },
  limited_offer: {
    en: {
      offer: 'This week only',
      body: 'Hello {{1}}, for one week you pay *{{2}} less* for everything in our shop.\n\nCopy the code, and use it before the time is up. Reply STOP to get no more offers.',
      values: ['there', '20 %'],
      buttons: ['', 'Shop now'],
    },
    hi: {
      offer: 'इसी हफ़्ते',
      body: 'नमस्ते {{1}}, एक हफ़्ते तक हमारी दुकान में हर चीज़ पर *{{2}} की छूट* है।\n\nकोड कॉपी करें और समय रहते इस्तेमाल करें। ऑफ़र न चाहिए तो "रोकें" लिखें।',
      values: ['जी', '20 %'],
      buttons: ['', 'ख़रीदारी करें'],
    },
  },
  how_did_we_do: {
    en: {
      body: 'Hello {{1}},\n\nyour order {{2}} reached you a few days ago. Are you happy with it?\n\nOne tap is enough, and a person reads every answer.',
      values: ['there', 'A-1042'],
      buttons: ['Very happy', 'It is all right', 'Not happy'],
    },
    hi: {
      body: 'नमस्ते {{1}},\n\nआपका ऑर्डर {{2}} कुछ दिन पहले पहुँचा। क्या आप उससे ख़ुश हैं?\n\nबस एक बटन दबाएँ। हर जवाब हम ख़ुद पढ़ते हैं।',
      values: ['जी', 'A-1042'],
      buttons: ['बहुत ख़ुश', 'ठीक-ठाक', 'ख़ुश नहीं'],
    },
  },
  event_invitation: {
    en: {
      body: 'Hello {{1}},\n\nyou are invited to our *{{2}}* on {{3}} at {{4}}. The map above shows where.\n\nBring a friend if you like. Shall we expect you?',
      values: ['there', 'open evening', '20 March', '6 pm'],
      buttons: ['I will be there', 'Not this time', 'Stop promotions'],
    },
    hi: {
      body: 'नमस्ते {{1}},\n\nआपको हमारे यहाँ *{{2}}* में बुलाया गया है: {{3}}, {{4}}। जगह ऊपर के नक़्शे में है।\n\nचाहें तो किसी दोस्त को भी लाएँ। क्या आप आ रहे हैं?',
      values: ['जी', 'ख़ास शाम', '20 मार्च', 'शाम 6 बजे'],
      buttons: ['हाँ, आ रहे हैं', 'इस बार नहीं', 'बंद करें'],
    },
  },
  invoice_file: {
    en: {
      body: 'Hello {{1}},\n\nhere is invoice {{2}} of {{3}} as a file. Please keep it with your papers.\n\nIf something is not right, answer this message.',
      values: ['there', 'R-2048', '5 March'],
    },
    hi: {
      body: 'नमस्ते {{1}},\n\n{{3}} का बिल {{2}} इस फ़ाइल में है। कृपया इसे सँभालकर रखें।\n\nअगर कुछ ठीक न हो, तो इसी संदेश का जवाब दें।',
      values: ['जी', 'R-2048', '5 मार्च'],
    },
  },
  welcome: {
    en: {
      title: 'Welcome!',
      body: 'Hello {{1}}, how good that you are here.\n\nIn this chat you get news of your orders, answers from people, and now and then an offer.\n\nWhere shall we begin?',
      values: ['there'],
      buttons: ['What is new', 'I have a question', 'Stop promotions'],
    },
    hi: {
      title: 'आपका स्वागत है!',
      body: 'नमस्ते {{1}}, अच्छा लगा कि आप यहाँ हैं।\n\nइस चैट में आपको ऑर्डर की ख़बर, सवालों के जवाब और कभी-कभी कोई ऑफ़र मिलेगा।\n\nकहाँ से शुरू करें?',
      values: ['जी'],
      buttons: ['नया क्या है', 'मुझे कुछ पूछना है', 'बंद करें'],
    },
  },
} as const;
