/** RFC 7523 §2.1, by which an ID-JAG is presented. */
export const jwtBearerGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
/** What metadata calls the use of an ID-JAG as an authorization grant (EMA-02). */
export const idJagProfile = 'urn:ietf:params:oauth:grant-profile:id-jag'
/** RFC 8628 §3.4. */
export const deviceCodeGrant = 'urn:ietf:params:oauth:grant-type:device_code'
/** RFC 8693 §2.1. */
export const tokenExchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange'
