using System.Collections.Immutable;
using System.Text.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Tests.Chat;

/// <summary>Requests by chance: the same ones for the same seed.</summary>
internal static class RandomRequests
{
    private static readonly string[] Words = ["", "a", "user", "system", "tool", "assistant", "function", "text", "image_url", "\ud800", new('x', 300)];

    /// <summary>Any request that a client can put together, most of them wrong somewhere.</summary>
    public static ChatRequest Any(Random random) => new()
    {
        Messages = Many(random, 3, Message),
        Model = Word(random),
        Temperature = Maybe(random, Number),
        TopP = Maybe(random, Number),
        FrequencyPenalty = Maybe(random, Number),
        PresencePenalty = Maybe(random, Number),
        MaxTokens = Maybe(random, Integer),
        MaxCompletionTokens = Maybe(random, Integer),
        N = Maybe(random, Integer),
        Tools = Maybe(random, some => Many(some, 2, Tool)),
    };

    /// <summary>A request with nothing wrong.</summary>
    public static ChatRequest Valid(Random random) => new()
    {
        Messages = [.. Many(random, 4, ValidMessage), ChatMessage.Create(ChatRoles.User, "hello")],
        Temperature = Maybe(random, some => some.NextDouble() * 2),
        TopP = Maybe(random, some => some.NextDouble()),
        FrequencyPenalty = Maybe(random, some => (some.NextDouble() * 4) - 2),
        PresencePenalty = Maybe(random, some => (some.NextDouble() * 4) - 2),
        MaxTokens = Maybe(random, some => some.Next(1, int.MaxValue)),
        N = Maybe(random, some => some.Next(1, 129)),
        Tools = Maybe(random, some => Many(some, 3, _ => new ToolDefinition { Type = "function", Function = new() { Name = "f" } })),
    };

    private static ChatMessage Message(Random random) => random.Next(20) == 0 ? null! : new()
    {
        Role = random.Next(5) == 0 ? Word(random) : ChatRoles.All[random.Next(ChatRoles.All.Length)],
        Content = random.Next(4) switch
        {
            0 => null,
            1 => new MessageContent(Many(random, 3, Part)),
            _ => new MessageContent(Word(random) ?? "a"),
        },
        ToolCallId = Word(random),
        ToolCalls = Maybe(random, some => Many(some, 2, Call)),
        Extra = random.Next(4) == 0 ? new() { ["refusal"] = JsonElement.Parse("1") } : null,
    };

    private static ChatMessage ValidMessage(Random random) => random.Next(4) switch
    {
        0 => new() { Role = ChatRoles.Tool, ToolCallId = "1", Content = new("a") },
        1 => new() { Role = ChatRoles.Assistant, ToolCalls = [new() { Id = "1", Type = "function", Function = new() { Name = "f" } }] },
        2 => new() { Role = ChatRoles.User, Content = new([new ContentPart { Type = "image_url", ImageUrl = new() { Url = "data:" } }]) },
        _ => ChatMessage.Create(ChatRoles.All[random.Next(4)], Word(random) ?? ""),
    };

    private static ContentPart Part(Random random) => random.Next(10) == 0 ? null! : new()
    {
        Type = Word(random),
        Text = Word(random),
        ImageUrl = random.Next(2) == 0 ? null : new() { Url = Word(random) },
    };

    private static ToolCall Call(Random random) => random.Next(10) == 0 ? null! : new()
    {
        Id = Word(random),
        Type = Word(random),
        Function = random.Next(3) == 0 ? null : new() { Name = Word(random) },
    };

    private static ToolDefinition Tool(Random random) => random.Next(10) == 0 ? null! : new()
    {
        Type = Word(random),
        Function = random.Next(3) == 0 ? null : new() { Name = Word(random) },
    };

    private static double Number(Random random) => random.Next(6) switch
    {
        0 => double.NaN,
        1 => double.NegativeInfinity,
        2 => double.MaxValue,
        _ => (random.NextDouble() * 3) - 1,
    };

    private static int Integer(Random random) => random.Next(4) == 0 ? int.MinValue : random.Next(-1, 200);

    private static string? Word(Random random) => random.Next(8) == 0 ? null : Words[random.Next(Words.Length)];

    private static T? Maybe<T>(Random random, Func<Random, T> make)
        where T : struct => random.Next(4) == 0 ? make(random) : null;

    private static ImmutableArray<T> Many<T>(Random random, int atMost, Func<Random, T> make) =>
        [.. Enumerable.Range(0, random.Next(atMost + 1)).Select(_ => make(random))];
}
