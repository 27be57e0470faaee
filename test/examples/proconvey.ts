/** ProConvey creates a private person as a client, with an address in the UK. Its nulls are empty fields. */

/** The body of ProConvey's create. */
export interface ProConveyClient {
  title: string | null;
  firstName: string;
  lastName: string;
  emailAddress: string | null;
  telephoneNumber: string | null;
  companyName: string | null;
  address: {
    line_1: string | null;
    line_2: string | null;
    line_3: string | null;
    post_town: string | null;
    county: string | null;
    postcode: string | null;
    /** The Unique Property Reference Number. */
    uprn: string | null;
  } | null;
}

export const CREATE_CLIENT = `mutation ($input: CreateClientInput!) {
  createClient(input: $input) { client { id } }
}`;

/** The input of `createClient`. */
export function toClienteleInput(body: ProConveyClient) {
  const { title, firstName, lastName, emailAddress, telephoneNumber, companyName, address } = body;
  return {
    // The client's `name` is made of first and last name, since none is given.
    person: { title, firstName, lastName },
    email: emailAddress,
    phone: telephoneNumber,
    companyName,
    address: address && {
      line1: address.line_1,
      line2: address.line_2,
      line3: address.line_3,
      city: address.post_town,
      region: address.county,
      postalCode: address.postcode,
      // ProConvey has no other addresses.
      country: 'GB',
      uprn: address.uprn,
    },
  };
}
