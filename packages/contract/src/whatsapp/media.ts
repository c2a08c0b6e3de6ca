import { Type, type Static } from "typebox";
import { contextField, messageFields, urlField } from "./message.ts";
import { optional, webUrl } from "./variant.ts";

/** Characters of a caption and of a file's name. */
const CAPTION_LENGTH_MAX = 3000;
const FILENAME_LENGTH_MAX = 240;
/** Characters of a place's name and address. */
const PLACE_LENGTH_MAX = 1000;

/** Body of `POST /whatsapp/1/message/document`. */
export const DocumentMessage = Type.Object(
  {
    ...messageFields(),
    content: Type.Object(
      { mediaUrl: webUrl(), caption: optional(CAPTION_LENGTH_MAX), filename: optional(FILENAME_LENGTH_MAX) },
      { title: "DocumentContent" },
    ),
    ...urlField(),
    ...contextField(),
  },
  { title: "DocumentMessage" },
);
export type DocumentMessage = Static<typeof DocumentMessage>;

/** Body of `POST /whatsapp/1/message/image`. */
export const ImageMessage = Type.Object(
  {
    ...messageFields(),
    content: Type.Object({ mediaUrl: webUrl(), caption: optional(CAPTION_LENGTH_MAX) }, { title: "ImageContent" }),
    ...urlField(),
    ...contextField(),
  },
  { title: "ImageMessage" },
);
export type ImageMessage = Static<typeof ImageMessage>;

/** Body of `POST /whatsapp/1/message/video`. */
export const VideoMessage = Type.Object(
  {
    ...messageFields(),
    content: Type.Object({ mediaUrl: webUrl(), caption: optional(CAPTION_LENGTH_MAX) }, { title: "VideoContent" }),
    ...urlField(),
    ...contextField(),
  },
  { title: "VideoMessage" },
);
export type VideoMessage = Static<typeof VideoMessage>;

/** Body of `POST /whatsapp/1/message/audio`; `voice` shows it as a voice note. */
export const AudioMessage = Type.Object(
  {
    ...messageFields(),
    content: Type.Object({ mediaUrl: webUrl(), voice: Type.Optional(Type.Boolean()) }, { title: "AudioContent" }),
    ...contextField(),
  },
  { title: "AudioMessage" },
);
export type AudioMessage = Static<typeof AudioMessage>;

/** Body of `POST /whatsapp/1/message/sticker`. */
export const StickerMessage = Type.Object(
  { ...messageFields(), content: Type.Object({ mediaUrl: webUrl() }, { title: "StickerContent" }), ...contextField() },
  { title: "StickerMessage" },
);
export type StickerMessage = Static<typeof StickerMessage>;

/** Degrees, north and east positive. */
export const place = () => ({
  latitude: Type.Number({ minimum: -90, maximum: 90 }),
  longitude: Type.Number({ minimum: -180, maximum: 180 }),
});

/** Body of `POST /whatsapp/1/message/location`. */
export const LocationMessage = Type.Object(
  {
    ...messageFields(),
    content: Type.Object(
      { ...place(), name: optional(PLACE_LENGTH_MAX), address: optional(PLACE_LENGTH_MAX) },
      { title: "LocationContent" },
    ),
    ...contextField(),
  },
  { title: "LocationMessage" },
);
export type LocationMessage = Static<typeof LocationMessage>;
