package courier

import (
	"regexp"
	"strings"

	"postroom/problem"
	"postroom/store"
)

// plainAddress is an address that can stand in a command line.
var plainAddress = regexp.MustCompile(`^[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+$`)

// Commands are the lines that an Exchange administrator types to mend p for this sender, in Exchange
// Online PowerShell; "" when none help.
func Commands(p *problem.Problem, s store.Sender) string {
	if p == nil || s.Kind != store.SenderMicrosoft || !plainAddress.MatchString(s.Address) || !guid.MatchString(s.ClientID) {
		return ""
	}
	return strings.NewReplacer("{app}", s.ClientID, "{sender}", s.Address).Replace(commands[p.Code])
}

var commands = map[problem.Code]string{
	problem.SenderNoAccess: `# May the app send as this address? (A change takes 30 minutes to 2 hours to work.)
Test-ApplicationAccessPolicy -AppId {app} -Identity {sender}
Test-ServicePrincipalAuthorization -Identity {app} -Resource {sender}

# There is an application access policy: put the sender into its group
Get-ApplicationAccessPolicy | Where-Object AppId -eq {app} | Format-List ScopeName,AccessRight
Add-DistributionGroupMember -Identity <group of the policy> -Member {sender}

# There is none yet, and the app has Mail.Send in Entra: hold it to this sender
New-ApplicationAccessPolicy -AppId {app} -PolicyScopeGroupId {sender} -AccessRight RestrictAccess -Description "Postroom system mail"

# Or with RBAC for Applications, instead of Mail.Send in Entra (rights add up)
New-ServicePrincipal -AppId {app} -ObjectId <object ID of the enterprise application> -DisplayName "Postroom"
New-ManagementScope -Name "Postroom sender" -RecipientRestrictionFilter "PrimarySmtpAddress -eq '{sender}'"
New-ManagementRoleAssignment -App {app} -Role "Application Mail.Send" -CustomResourceScope "Postroom sender"`,
	problem.SenderRefused: `Get-Mailbox {sender} | Format-List PrimarySmtpAddress,EmailAddresses
Add-RecipientPermission {sender} -AccessRights SendAs -Trustee {app}`,
	problem.SenderUnknown: `Get-Recipient {sender} | Format-List RecipientTypeDetails,PrimarySmtpAddress
Get-Mailbox {sender} | Format-List RecipientTypeDetails,SKUAssigned`,
}
