/** Orders and what they are paid with: Infobip's members in the words of the Cloud API. */
import type { InteractiveOrderDetailsMessage, InteractiveOrderStatusMessage } from "@posthorn/contract";
import type { Json } from "./json.ts";

/** Infobip counts in hundredths of the currency, and Meta asks which part it is. */
const OFFSET = 100;

type OrderAction = InteractiveOrderDetailsMessage["content"]["action"];
type Order = OrderAction["order"];
type StatusAction = InteractiveOrderStatusMessage["content"]["action"];
/** Every way to pay, of messages and of templates. */
type Payment = OrderAction["payment"];

const amount = ({ value }: { readonly value: number }): Json => ({ value, offset: OFFSET });
const described = (given: { readonly value: number; readonly description?: string } | undefined): Json | undefined =>
  given === undefined ? undefined : { ...amount(given), description: given.description };

function itemOf(item: Order["items"][number]): Json {
  const importer = item.importerAddress;
  return {
    retailer_id: item.retailerId,
    name: item.name,
    amount: amount(item.amount),
    sale_amount: item.saleAmount === undefined ? undefined : amount(item.saleAmount),
    quantity: item.quantity,
    country_of_origin: item.originCountry,
    importer_name: item.importerName,
    importer_address:
      importer === undefined
        ? undefined
        : {
            address_line1: importer.firstAddressLine,
            address_line2: importer.secondAddressLine,
            city: importer.city,
            zone_code: importer.zoneCode,
            postal_code: importer.postalCode,
            country_code: importer.countryCode,
          },
  };
}

function orderOf(order: Order, now: number): Json {
  const { discount, orderExpiration: expiration } = order;
  return {
    status: "pending",
    type: order.orderDetailsType === "QUICK_PAY" ? "quick_pay" : undefined,
    catalog_id: order.catalogId,
    items: order.items.map(itemOf),
    subtotal: amount(order.subtotal),
    tax: described(order.tax),
    shipping: described(order.shipping),
    discount:
      discount === undefined
        ? undefined
        : { ...described(discount.amount), discount_program_name: discount.programName },
    expiration:
      expiration === undefined
        ? undefined
        : {
            timestamp: String(Math.floor(now / 1_000) + expiration.expirationSeconds),
            description: expiration.description,
          },
  };
}

const gateway = (configuration: string | undefined, type: "payu" | "razorpay", data?: Json): Json => ({
  type: "payment_gateway",
  payment_gateway: { type, configuration_name: configuration, ...(data === undefined ? {} : { [type]: data }) },
});

/** `udf1`, `udf2` and so on: PayU's own fields. */
const userFields = (values: readonly string[] | undefined): Json | undefined =>
  values === undefined || values.length === 0
    ? undefined
    : Object.fromEntries(values.map((value, index) => [`udf${index + 1}`, value]));

function settingsOf(payment: Payment, configuration: string | undefined): readonly Json[] {
  switch (payment.type) {
    case "BRAZIL":
      return [];
    case "BRAZIL_PIX_DC": {
      const { code, merchantName, key, keyType } = payment;
      const pix = { code, merchant_name: merchantName, key, key_type: keyType };
      return [{ type: "pix_dynamic_code", pix_dynamic_code: pix }];
    }
    case "BRAZIL_LINK":
      return [{ type: "payment_link", payment_link: { uri: payment.paymentLink } }];
    case "BRAZIL_BOLETO":
      return [{ type: "boleto", boleto: { digitable_line: payment.code } }];
    case "BRAZIL_PAYMENTS":
      return payment.payments.flatMap((each) => settingsOf(each, configuration));
    case "PG_PAYU":
    case "UPI_PAYU":
      return [gateway(configuration, "payu", userFields(payment.callbackData))];
    case "PG_RAZORPAY": {
      const notes = payment.callbackData;
      return [gateway(configuration, "razorpay", notes === undefined ? undefined : { notes })];
    }
    case "UPI_INTENT":
      return [{ type: "upi_intent_link", upi_intent_link: { link: payment.format.paymentLink } }];
    case "UPI_LINK":
      return [{ type: "payment_link", payment_link: { uri: payment.paymentLink } }];
  }
}

/** What a payment is known by; of several the first's, which they share. */
const idOf = (payment: Payment): string | undefined =>
  payment.type === "BRAZIL_PAYMENTS" ? payment.payments[0]?.id : payment.id;

function beneficiariesOf(payment: Payment): readonly Json[] | undefined {
  if (!("beneficiary" in payment) || payment.beneficiary === undefined) return undefined;
  const { name, firstAddressLine, secondAddressLine, city, state, postalCode } = payment.beneficiary;
  const address = { address_line1: firstAddressLine, address_line2: secondAddressLine, city, state };
  return [{ name, ...address, country: "India", postal_code: postalCode }];
}

/** `parameters` of `review_and_pay`. @param now an order that expires does so some time after it is sent */
export function orderDetailsOf(action: OrderAction, now: number): Json {
  const { payment, paymentConfiguration, orderCurrency, orderType, totalAmount, order } = action;
  const settings = settingsOf(payment, paymentConfiguration);
  return {
    reference_id: idOf(payment),
    type: orderType === "DIGITAL_GOODS" ? "digital-goods" : "physical-goods",
    payment_type: orderCurrency === "BRL" ? "br" : "upi",
    payment_configuration: paymentConfiguration,
    payment_settings: settings.length === 0 ? undefined : settings,
    beneficiaries: beneficiariesOf(payment),
    currency: orderCurrency,
    total_amount: amount(totalAmount),
    order: orderOf(order, now),
  };
}

/** `parameters` of `review_order`. */
export function orderStatusOf({ payment, status, description }: StatusAction): Json {
  return { reference_id: payment.id, order: { status: status.toLowerCase(), description } };
}
