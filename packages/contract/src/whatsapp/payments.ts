import { Type, type TProperties } from "typebox";
import { oneOf, shortText, url } from "../common.ts";
import { PAYMENT_TEXT_LENGTH_MAX } from "../limits.ts";
import { filled, matching, variant } from "./variant.ts";

const REFERENCE_LENGTH_MAX = 35;
const REFERENCE = /^[A-Za-z0-9\-_.]{1,35}$/;
/** What a payment is known by to the one who asks for it. */
const reference = () => matching(REFERENCE_LENGTH_MAX, REFERENCE, "[A-Za-z0-9\\-_.]{1,35}");
const code = () => Type.String({ maxLength: PAYMENT_TEXT_LENGTH_MAX });

const Beneficiary = Type.Object(
  {
    name: Type.String({ maxLength: 200 }),
    firstAddressLine: Type.String({ maxLength: 100 }),
    secondAddressLine: Type.Optional(Type.String({ maxLength: 100 })),
    city: Type.Optional(shortText()),
    state: Type.Optional(shortText()),
    country: oneOf(["INDIA"], { title: "BeneficiaryCountry" }),
    postalCode: Type.Optional(matching(6, /^[0-9]{6}$/, "[0-9]{6}")),
  },
  { title: "Beneficiary" },
);
const beneficiary = () => ({ beneficiary: Type.Optional(Beneficiary) });

const BrazilPixDc = variant(
  "BRAZIL_PIX_DC",
  {
    id: reference(),
    code: code(),
    merchantName: shortText(),
    keyType: oneOf(["CPF", "CNPJ", "EMAIL", "PHONE", "EVP"], { title: "PixKeyType" }),
    key: shortText(),
    flowType: Type.Optional(oneOf(["REDIRECT", "COPYPASTE", "APPSWITCH"], { title: "PixFlowType" })),
  },
  "InteractiveOrderBrazilPixDcPaymentDetails",
);
const BrazilLink = variant(
  "BRAZIL_LINK",
  { id: reference(), paymentLink: url() },
  "InteractiveOrderBrazilLinkPaymentDetails",
);
const BrazilBoleto = variant(
  "BRAZIL_BOLETO",
  { id: reference(), code: code() },
  "InteractiveOrderBrazilBoletoPaymentDetails",
);
const BrazilPayments = variant(
  "BRAZIL_PAYMENTS",
  {
    payments: Type.Array(
      Type.Union([BrazilPixDc, BrazilBoleto, BrazilLink], { title: "InteractiveAllowedOrderBrazilPaymentsDetails" }),
      { minItems: 1, maxItems: 2 },
    ),
  },
  "InteractiveOrderBrazilPaymentsDetails",
);
const PgPayU = variant(
  "PG_PAYU",
  {
    id: reference(),
    ...beneficiary(),
    callbackData: Type.Optional(Type.Array(filled(255), { maxItems: 4 })),
  },
  "InteractiveOrderUPIPGPayUPaymentDetails",
);
const PgRazorpay = variant(
  "PG_RAZORPAY",
  { id: reference(), ...beneficiary(), callbackData: Type.Optional(Type.Record(Type.String(), shortText())) },
  "InteractiveOrderUPIPGRazorpayPaymentDetails",
);
const UpiIntent = variant(
  "UPI_INTENT",
  {
    id: reference(),
    ...beneficiary(),
    format: Type.Object(
      { type: Type.Optional(oneOf(["LINK"], { title: "UPIIntentPaymentFormatType" })), paymentLink: url() },
      { title: "UPIIntentPaymentFormat" },
    ),
  },
  "InteractiveOrderUPIIntentPaymentDetails",
);
const UpiLink = variant(
  "UPI_LINK",
  { id: reference(), ...beneficiary(), paymentLink: url() },
  "InteractiveOrderUPILinkPaymentDetails",
);
const UpiPayU = variant(
  "UPI_PAYU",
  {
    id: filled(25),
    productDescription: filled(100),
    customerFirstName: filled(60),
    customerLastName: Type.Optional(Type.String({ maxLength: 20 })),
    customerEmail: filled(50),
    callbackData: Type.Optional(Type.Array(shortText(), { maxItems: 5 })),
  },
  "InteractiveOrderUPIPayUPaymentDetails",
);
const Brazil = variant("BRAZIL", { id: reference() }, "InteractiveOrderBrazilPaymentDetails");

/** How an order in a template may be paid. */
export const TemplatePayment = Type.Union(
  [BrazilPixDc, BrazilLink, BrazilBoleto, BrazilPayments, PgPayU, PgRazorpay, UpiIntent, UpiLink],
  { title: "TemplateAllowedOrderPaymentDetails" },
);

/** How an order in a message may be paid. */
export const OrderPayment = Type.Union(
  [UpiPayU, Brazil, BrazilPixDc, BrazilLink, BrazilBoleto, BrazilPayments, PgPayU, PgRazorpay, UpiIntent, UpiLink],
  { title: "InteractiveAllowedOrderPaymentDetails" },
);

const paid = <const Name extends string, Properties extends TProperties>(
  type: Name,
  properties: Properties,
  name: string,
) => variant(type, properties, `InteractiveOrder${name}PaymentStatus`);

/** Which payment the state of an order is about. */
export const OrderPaymentStatus = Type.Union(
  [
    paid("UPI_PAYU", { id: filled(25) }, "UPIPayU"),
    paid("BRAZIL", { id: reference() }, "Brazil"),
    paid("BRAZIL_PIX_DC", { id: reference() }, "BrazilPixDc"),
    paid("PG_PAYU", { id: reference() }, "UPIPGPayU"),
    paid("PG_RAZORPAY", { id: reference() }, "UPIPGRazorpay"),
    paid("BRAZIL_LINK", { id: reference() }, "BrazilLink"),
    paid("BRAZIL_BOLETO", { id: reference() }, "BrazilBoleto"),
    paid("UPI_INTENT", { id: reference() }, "UPIIntent"),
    paid("UPI_LINK", { id: reference() }, "UPILink"),
  ],
  { title: "InteractiveOrderPaymentStatus" },
);
