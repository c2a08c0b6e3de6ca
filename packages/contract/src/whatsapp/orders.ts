import { Type, type Static } from "typebox";
import { int32, oneOf, shortText } from "../common.ts";
import { ORDER_ITEMS_MAX } from "../limits.ts";
import { body, footer } from "./interactive.ts";
import { contextField, messageFields, urlField } from "./message.ts";
import { OrderPayment, OrderPaymentStatus, TemplatePayment } from "./payments.ts";
import { filled, optional, variant, webUrl } from "./variant.ts";

/** Six minutes; less and nobody could pay in time. */
const EXPIRATION_MIN_S = 360;
const short = () => Type.Optional(shortText());

/** In hundredths of the order's currency. */
const Amount = Type.Object({ value: int32() }, { title: "InteractiveOrderDetailsAmount" });
const DescriptiveAmount = Type.Object(
  { value: int32(), description: optional(60) },
  { title: "InteractiveOrderDetailsDescriptiveAmount" },
);

const OrderItem = Type.Object(
  {
    retailerId: shortText(),
    name: filled(60),
    amount: Amount,
    saleAmount: Type.Optional(Amount),
    quantity: int32(),
    originCountry: short(),
    importerName: short(),
    importerAddress: Type.Optional(
      Type.Object(
        {
          firstAddressLine: short(),
          secondAddressLine: short(),
          city: short(),
          zoneCode: short(),
          postalCode: short(),
          countryCode: short(),
        },
        { title: "InteractiveOrderDetailsImporterAddress" },
      ),
    ),
  },
  { title: "InteractiveOrderDetailsOrderItem" },
);

const Order = Type.Object(
  {
    catalogId: short(),
    items: Type.Array(OrderItem, { minItems: 1, maxItems: ORDER_ITEMS_MAX }),
    subtotal: Amount,
    tax: DescriptiveAmount,
    shipping: Type.Optional(DescriptiveAmount),
    discount: Type.Optional(
      Type.Object(
        { amount: DescriptiveAmount, programName: optional(60) },
        { title: "InteractiveOrderDetailsDiscount" },
      ),
    ),
    orderExpiration: Type.Optional(
      Type.Object(
        {
          expirationSeconds: Type.Integer({ minimum: EXPIRATION_MIN_S, maximum: Number.MAX_SAFE_INTEGER }),
          description: Type.String({ maxLength: 120 }),
        },
        { title: "InteractiveOrderDetailsOrderExpiration" },
      ),
    ),
    orderDetailsType: Type.Optional(oneOf(["QUICK_PAY"], { title: "OrderDetailsType" })),
  },
  { title: "InteractiveOrderDetailsOrder" },
);

const orderFields = () => ({
  paymentConfiguration: Type.Optional(filled(60)),
  orderCurrency: oneOf(["INR", "BRL"], { title: "OrderCurrency" }),
  orderType: oneOf(["PHYSICAL_GOODS", "DIGITAL_GOODS"], { title: "OrderType" }),
  totalAmount: Amount,
  order: Order,
});

/** An order, as a template's button shows it. */
export const TemplateOrder = Type.Object(
  { payment: TemplatePayment, ...orderFields() },
  { title: "TemplateOrderDetailsActionContent" },
);

/** Where an order stands, and which payment it is about. */
export const orderStatusFields = () => ({
  payment: OrderPaymentStatus,
  status: oneOf(["PENDING", "PROCESSING", "PARTIALLY_SHIPPED", "SHIPPED", "COMPLETED", "CANCELED"], {
    title: "OrderStatus",
  }),
  description: optional(120),
});

/** Body of `POST /whatsapp/1/message/interactive/order-details`. */
export const InteractiveOrderDetailsMessage = Type.Object(
  {
    ...messageFields(),
    content: Type.Object(
      {
        body: body(),
        action: Type.Object(
          { payment: OrderPayment, ...orderFields() },
          { title: "InteractiveOrderDetailsActionContent" },
        ),
        header: Type.Optional(
          Type.Union([variant("IMAGE", { mediaUrl: webUrl() }, "InteractiveOrderDetailsImageHeaderContent")], {
            title: "InteractiveOrderDetailsHeaderContent",
          }),
        ),
        footer: footer(),
      },
      { title: "InteractiveOrderDetailsContent" },
    ),
    ...urlField(),
    ...contextField(),
  },
  { title: "InteractiveOrderDetailsMessage" },
);
export type InteractiveOrderDetailsMessage = Static<typeof InteractiveOrderDetailsMessage>;

/** Body of `POST /whatsapp/1/message/interactive/order-status`. */
export const InteractiveOrderStatusMessage = Type.Object(
  {
    ...messageFields(),
    content: Type.Object(
      {
        action: Type.Object(orderStatusFields(), { title: "InteractiveOrderStatusActionContent" }),
        body: Type.Optional(body()),
        footer: footer(),
      },
      { title: "InteractiveOrderStatusContent" },
    ),
    ...urlField(),
    ...contextField(),
  },
  { title: "InteractiveOrderStatusMessage" },
);
export type InteractiveOrderStatusMessage = Static<typeof InteractiveOrderStatusMessage>;
