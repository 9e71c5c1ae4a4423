using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Prism.Grains.Interfaces.Chat;

/// <summary>One message of the conversation that is sent to a model.</summary>
[GenerateSerializer, Immutable, Alias("prism.chat-message")]
public sealed record ChatMessage
{
    /// <summary>One of <see cref="ChatRoles"/>.</summary>
    [Id(0)] public string? Role { get; init; }

    /// <summary>Null only for an assistant message that consists of tool calls.</summary>
    [Id(1)] public MessageContent? Content { get; init; }

    /// <summary>Distinguishes participants of one role.</summary>
    [Id(2)] public string? Name { get; init; }

    /// <summary>On an assistant message: the calls that it made.</summary>
    [Id(3)] public ImmutableArray<ToolCall>? ToolCalls { get; init; }

    /// <summary>On a tool message: the call that it answers.</summary>
    [Id(4)] public string? ToolCallId { get; init; }

    /// <summary>On an assistant message: the model's reasoning before its answer.</summary>
    [Id(5)] public string? ReasoningContent { get; init; }

    /// <summary>Properties that Prism does not know by name. Not to be changed after construction.</summary>
    [Id(6), JsonExtensionData] public Dictionary<string, JsonElement>? Extra { get; set; }

    /// <summary>A message that is plain text.</summary>
    public static ChatMessage Create(string role, string text) => new() { Role = role, Content = new MessageContent(text) };
}

/// <summary>The roles a message can have.</summary>
public static class ChatRoles
{
    /// <summary>Instructions of the application.</summary>
    public const string System = "system";

    /// <summary>OpenAI's newer name for <see cref="System"/>.</summary>
    public const string Developer = "developer";

    /// <summary>The end user.</summary>
    public const string User = "user";

    /// <summary>The model.</summary>
    public const string Assistant = "assistant";

    /// <summary>The result of a tool call.</summary>
    public const string Tool = "tool";

    /// <summary>All of them.</summary>
    public static readonly ImmutableArray<string> All = [System, Developer, User, Assistant, Tool];
}
