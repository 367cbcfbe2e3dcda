package problem

// sendAs lets one account send as another address.
const sendAs = `Add-RecipientPermission <From address> -Trustee {mailbox} -AccessRights SendAs`
