using System.Text.Json;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Tests.Chains;

/// <summary>Runs and what happens in them.</summary>
internal static class ScriptedRuns
{
    public static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static ChainRun Running(string id) => new()
    {
        Id = id,
        Status = ChainRunStatus.Running,
        Inputs = new Dictionary<string, JsonElement> { ["article"] = JsonElement.Parse("\"Long „text“\"") },
        Outputs = new Dictionary<string, JsonElement>(),
        Steps = [new() { Name = "sum up", OutputKey = "summary", Status = ChainStepStatus.Pending }],
        Usage = ChatUsage.Of(0, 0),
        CreatedAt = At,
        Owner = Owners.Global,
    };

    public static ChainRun Succeeded(string id) => Running(id) with
    {
        Chain = "digest",
        ChainVersion = 3,
        Status = ChainRunStatus.Succeeded,
        Outputs = new Dictionary<string, JsonElement> { ["summary"] = JsonElement.Parse("\"Short\"") },
        Steps =
        [
            new()
            {
                Name = "sum up",
                OutputKey = "summary",
                Status = ChainStepStatus.Succeeded,
                Attempts = 1,
                Provider = "echo",
                Model = "echo-v1",
                Usage = ChatUsage.Of(4, 1),
                StartedAt = At,
                FinishedAt = At.AddSeconds(1),
            },
        ],
        Usage = ChatUsage.Of(4, 1),
        FinishedAt = At.AddSeconds(1.5),
    };

    public static ChainEvent Started(string id) => new() { Id = 1, Type = ChainEventTypes.RunStarted, Run = id, At = At };

    public static ChainEvent Delta(string id, string text) => new()
    {
        Type = ChainEventTypes.StepDelta,
        Run = id,
        Step = "sum up",
        OutputKey = "summary",
        Delta = text,
    };

    public static ChainEvent Completed(string id) => new()
    {
        Id = 2,
        Type = ChainEventTypes.StepCompleted,
        Run = id,
        At = At,
        Step = "sum up",
        OutputKey = "summary",
        Output = JsonElement.Parse("\"Short\""),
        Attempts = 1,
        Provider = "echo",
        Model = "echo-v1",
        Usage = ChatUsage.Of(4, 1),
    };

    public static ChainEvent Ended(string id) => new()
    {
        Id = 3,
        Type = ChainEventTypes.RunCompleted,
        Run = id,
        At = At,
        Usage = ChatUsage.Of(4, 1),
        Outputs = new Dictionary<string, JsonElement> { ["summary"] = JsonElement.Parse("\"Short\"") },
    };
}
