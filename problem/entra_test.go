package problem

import (
	"strings"
	"testing"
)

// entraMeans is whose task each number is, and which problem it makes, from Microsoft's reference.
var entraMeans = map[Who]map[Code][]int{
	You: {
		WrongAccount:    {16000, 16001, 50020, 500208, 90072},
		AccountDisabled: {50034, 51004, 50053},
		Reconnect: {50055, 50144, 50058, 50072, 50074, 50076, 50078, 50079, 50126, 50131, 50132, 50133, 50140, 50158, 50173, 50199,
			53004, 65001, 70000, 700082, 70043},
		CodeExpired:     {70008, 70019, 50089, 54005},
		ConsentDeclined: {65004},
		SignInBlocked:   {50014, 50097, 50129, 53000, 53001, 53002},
	},
	Admin: {
		AccountDisabled: {50057},
		SignInBlocked:   {500212, 500213, 50105, 53003, 530032, 530035, 650052, 70001, 7000112},
		AdminConsent:    {90094, 90095},
	},
	Operator: {
		ProviderSecret: {70002, 7000215, 7000222, 7000218},
		ProviderConfig: {28002, 28003, 50001, 500011, 50011, 500112, 500113, 900971, 50194, 65002, 65005, 650054, 650056, 650057, 70003,
			700005, 70004, 70005, 700016, 700011, 700022, 70011, 70018, 700025, 700054, 700084, 90002, 90008, 90014, 900144, 900561,
			90023, 9001023, 9002313, 9002325, 9002326, 9002327, 9002332},
		StateInvalid: {501481, 50147, 501491},
	},
	Wait: {ProviderDown: {50196, 70012, 70016, 90006, 90024, 90033, 50033, 90055}},
}

func TestEveryNumberOfMicrosoftHasItsWords(t *testing.T) {
	n := 0
	for who, codes := range entraMeans {
		for code, numbers := range codes {
			for _, number := range numbers {
				n++
				e, ok := Entra([]int{number})
				if !ok || e.Mender() != who || e.Code != code {
					t.Errorf("AADSTS%d: %s for %s, want %s for %s", number, e.Code, e.Mender(), code, who)
				}
				if e.Detail == "" || e.ID != entraID(number) {
					t.Errorf("AADSTS%d: %+v", number, e)
				}
				if found, ok := EntryOf(e.ID); !ok || found.Detail != e.Detail {
					t.Errorf("AADSTS%d is not in the dictionary", number)
				}
			}
		}
	}
	seen := map[int]bool{}
	for _, row := range entraRows {
		for _, number := range row.numbers {
			if seen[number] {
				t.Errorf("AADSTS%d is there twice", number)
			}
			seen[number] = true
		}
	}
	if len(seen) != n {
		t.Errorf("%d numbers in the table, %d in the reference", len(seen), n)
	}
	t.Logf("%d numbers", n)
}

func TestTheLastNumberThatIsKnownCounts(t *testing.T) {
	for want, numbers := range map[Code][]int{
		CodeExpired:    {70002, 54005},
		ProviderSecret: {7000215, 99999999},
	} {
		if e, ok := Entra(numbers); !ok || e.Code != want {
			t.Errorf("%v: %s, want %s", numbers, e.Code, want)
		}
	}
	if _, ok := Entra([]int{1, 2}); ok {
		t.Error("numbers that nobody knows mean something")
	}
	if _, ok := Entra(nil); ok {
		t.Error("no number means something")
	}
}

func TestOAuthErrorsHaveAName(t *testing.T) {
	for name, want := range map[string]Who{
		"invalid_grant": You, "interaction_required": You, "consent_required": You, "login_required": You,
		"account_selection_required": You, "access_denied": You,
		"invalid_client": Operator, "unauthorized_client": Operator, "invalid_scope": Operator, "invalid_resource": Operator,
		"invalid_target": Operator, "invalid_request": Operator, "unsupported_grant_type": Operator,
		"unsupported_response_type": Operator, "invalid_tenant": Operator,
		"temporarily_unavailable": Wait, "server_error": Wait, "slow_down": Wait, "authorization_pending": Wait,
	} {
		e, ok := OAuth(name)
		if !ok || e.Mender() != want || e.Title() == "" || !strings.HasPrefix(e.ID, "oauth-") {
			t.Errorf("%s: %+v, want %s", name, e, want)
		}
	}
	if _, ok := OAuth("made_up"); ok {
		t.Error("an unknown error is known")
	}
}
