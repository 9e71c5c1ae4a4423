using System.Text.Json;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Quotas;
using Prism.Grains.Quotas;
using Prism.Grains.Storage;

namespace Prism.Tests.Storage;

public sealed class GrainStateSerializerTests
{
    private readonly GrainStateSerializer _serializer = new();

    [Fact]
    public void A_ledger_comes_back_as_it_was()
    {
        var ledger = new LedgerState
        {
            Now = 1_700_000_000_000,
            Writer = "w",
            Requests = [new(1, 2, 3), new(4, 5, 6)],
            Day = new(19_000, 77),
            HeldBackUntil = 5,
            Silos =
            [
                new()
                {
                    Silo = "10.0.0.1:11111@7",
                    Sequence = 9,
                    Answer = new()
                    {
                        Sequence = 9,
                        DeniedBy = LimitKind.TokensPerDay,
                        RetryAfter = TimeSpan.FromMilliseconds(1500),
                        Grants = [new() { Kind = LimitKind.RequestsPerMinute, Amount = 4, Life = TimeSpan.FromSeconds(2) }],
                    },
                    Claim = new() { Since = 3, Wants = [new(LimitKind.Concurrency, 1, 2, 0.5)] },
                },
            ],
        };

        var stored = _serializer.Serialize(ledger);

        var read = _serializer.Deserialize<LedgerState>(stored)!;
        Assert.Equal(stored.ToString(), _serializer.Serialize(read).ToString());
        Assert.Equal((ledger.Now, ledger.Writer, ledger.Day, ledger.HeldBackUntil), (read.Now, read.Writer, read.Day, read.HeldBackUntil));
        Assert.Equal(ledger.Requests.AsEnumerable(), read.Requests);
        Assert.Empty(read.Tokens);
        var (silo, expected) = (Assert.Single(read.Silos), ledger.Silos[0]);
        Assert.Equal((expected.Silo, expected.Sequence), (silo.Silo, silo.Sequence));
        Assert.Equal((expected.Answer!.DeniedBy, expected.Answer.RetryAfter), (silo.Answer!.DeniedBy, silo.Answer.RetryAfter));
        Assert.Equal(expected.Answer.Grants.AsEnumerable(), silo.Answer.Grants);
        Assert.Equal(expected.Claim!.Wants.AsEnumerable(), silo.Claim!.Wants);
    }

    [Fact]
    public void A_state_of_a_version_that_knew_less_or_more_can_be_read()
    {
        var read = _serializer.Deserialize<LedgerState>(BinaryData.FromString("""{"now":5,"of_tomorrow":{"a":[1]}}"""))!;

        Assert.Equal(5, read.Now);
        Assert.Empty(read.Silos);
    }

    [Fact]
    public void A_chat_in_a_state_is_as_on_the_wire_with_all_that_Prism_does_not_know()
    {
        const string Response = """{"id":"c","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Grüße"},"finish_reason":"stop"}],"made_up":{"x":1e400}}""";
        var holder = new Holder(JsonSerializer.Deserialize(Response, ChatJson.Lenient.ChatResponse));

        var stored = _serializer.Serialize(holder).ToString();

        Assert.Contains(JsonSerializer.Serialize(holder.Answer!, ChatJson.Lenient.ChatResponse), stored, StringComparison.Ordinal);
        Assert.Equal(stored, _serializer.Serialize(_serializer.Deserialize<Holder>(BinaryData.FromString(stored))).ToString());
    }

    [Fact]
    public void An_answer_as_deep_as_a_provider_may_send_it_can_be_stored()
    {
        var deep = JsonDocument.Parse(new string('[', 120) + new string(']', 120), new() { MaxDepth = 128 }).RootElement;

        var stored = _serializer.Serialize(new Deep([[deep]]));

        Assert.Equal(stored.ToString(), _serializer.Serialize(_serializer.Deserialize<Deep>(stored)).ToString());
    }

    private sealed record Holder(ChatResponse? Answer);

    private sealed record Deep(List<List<JsonElement>> Items);
}
