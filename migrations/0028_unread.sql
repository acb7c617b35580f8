-- The conversations with something that nobody looked at, which every page of the dashboard counts: few among many.
CREATE INDEX conversation_unread ON conversation (last_message_at, id) WHERE unread > 0;
