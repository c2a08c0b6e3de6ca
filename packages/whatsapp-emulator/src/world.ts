import type { Activity } from "./activity.ts";
import type { Conversations } from "./conversations.ts";
import type { FlowBook } from "./flows.ts";
import type { MediaStore } from "./media.ts";
import type { MessageBook } from "./messages/message-book.ts";
import type { NumberBook } from "./numbers.ts";
import type { EmulatorCounters } from "./options.ts";
import type { Settings } from "./settings.ts";
import type { TemplateBook } from "./templates/template-book.ts";
import type { UploadBook } from "./uploads.ts";
import type { WebhookQueue } from "./webhooks/queue.ts";

/** What the emulator knows; every memory in it has its limit. */
export interface World {
  readonly settings: Settings;
  readonly counters: EmulatorCounters;
  readonly activity: Activity;
  readonly numbers: NumberBook;
  readonly conversations: Conversations;
  readonly messages: MessageBook;
  readonly templates: TemplateBook;
  readonly flows: FlowBook;
  readonly media: MediaStore;
  readonly uploads: UploadBook;
  readonly webhooks: WebhookQueue;
}
