using System.Text.Json;
using Prism.Formats.Prism.Chains;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Tests.Chains;

/// <summary>The JSON of chains and runs, as clients see it.</summary>
public sealed class ChainJsonTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void A_definition_is_read_and_written_with_all_it_has()
    {
        const string Json =
            """{"steps":[{"name":"n","output_key":"o","template":"t","template_name":"tn","system":"s","provider":"p","model":"m","temperature":0.5,"max_tokens":7,"response_format":{"type":"text"},"when":"w","for_each":"f","retry":{"attempts":2,"backoff_seconds":1.5},"timeout_seconds":9,"on_error":"continue"}],"inputs":{"x":[1,null]},"max_parallel":2}""";

        var definition = JsonSerializer.Deserialize(Json, ChainJson.Strict.ChainDefinition)!;

        Assert.Null(definition.Extra ?? definition.Steps[0].Extra ?? definition.Steps[0].Retry!.Extra);
        Assert.Equal(Json, JsonSerializer.Serialize(definition, ChainJson.Lenient.ChainDefinition));
    }

    [Fact]
    public void A_property_that_there_is_not_is_kept_to_be_refused()
    {
        var definition = JsonSerializer.Deserialize("""{"steps":[{"tempratur":1,"retry":{"x":1}}],"y":1}""", ChainJson.Strict.ChainDefinition)!;

        Assert.Equal(["y"], definition.Extra!.Keys);
        Assert.Equal(["tempratur"], definition.Steps[0].Extra!.Keys);
        Assert.Equal(["x"], definition.Steps[0].Retry!.Extra!.Keys);
    }

    [Fact]
    public void A_run_is_written_in_the_style_of_a_chat()
    {
        var run = new ChainRun
        {
            Id = "run_1",
            Owner = "secret owner",
            Status = ChainRunStatus.Failed,
            Inputs = new Dictionary<string, JsonElement> { ["in"] = JsonElement.Parse("1") },
            Outputs = new Dictionary<string, JsonElement> { ["a"] = JsonElement.Parse("null") },
            Steps = [new() { Name = "a", OutputKey = "a", Status = ChainStepStatus.Skipped }],
            Usage = ChatUsage.Of(1, 2),
            CreatedAt = At,
            Error = ChatError.Invalid("No.", "p", "c"),
        };

        Assert.Equal(
            """{"id":"run_1","chain":null,"status":"failed","inputs":{"in":1},"outputs":{"a":null},"steps":[{"name":"a","output_key":"a","status":"skipped","attempts":0,"provider":null,"model":null,"usage":null,"started_at":null,"finished_at":null,"error":null}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3},"created_at":"2026-01-02T03:04:05+00:00","finished_at":null,"error":{"kind":"invalid_request","message":"No.","param":"p","code":"c"}}""",
            JsonSerializer.Serialize(run, ChainJson.Lenient.ChainRun));
    }

    [Fact]
    public void An_event_is_its_data_and_its_id_and_type_are_those_of_the_stream() =>
        Assert.Equal(
            """{"run":"run_1","at":"2026-01-02T03:04:05+00:00","step":"s","output_key":"a","output":"x","attempts":1}""",
            JsonSerializer.Serialize(
                new()
                {
                    Id = 3,
                    Type = ChainEventTypes.StepCompleted,
                    Run = "run_1",
                    At = At,
                    Step = "s",
                    OutputKey = "a",
                    Output = JsonElement.Parse("\"x\""),
                    Attempts = 1,
                },
                ChainJson.Lenient.ChainEvent));

    [Fact]
    public void Keys_of_runs_are_those_of_their_owner_and_key()
    {
        Assert.Equal(GrainKeys.Run("ann", "k"), GrainKeys.Run("ann", "k"));
        Assert.Matches("^run_[0-9a-f]{32}$", GrainKeys.Run("ann", "k"));
        Assert.Equal(4, new[] { GrainKeys.Run("ann", "k"), GrainKeys.Run("an", "nk"), GrainKeys.Run("bob", "k"), GrainKeys.NewRun() }.Distinct().Count());
    }
}
