using System.Text.Json;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Tests;

/// <summary>Answers and pieces of them, as the pipeline hands them out.</summary>
internal static class Answers
{
    public const string Id = "chatcmpl-123";
    public const long Created = 1_700_000_000;

    public static ChatUsage Usage { get; } = ChatUsage.Of(20, 10);

    public static ChatStreamEvent Started { get; } = new() { Started = ScriptedChat.Route };

    public static ChatStreamEvent Completed { get; } = new() { Completed = Usage };

    public static ChatResponse Text(string text) => Of(new AssistantMessage { Content = text }, FinishReasons.Stop);

    public static ChatResponse Of(AssistantMessage message, string? finishReason) => new()
    {
        Id = Id,
        Created = Created,
        Model = "echo-v1",
        Choices = [new() { Message = message, FinishReason = finishReason }],
        Usage = Usage,
    };

    public static ChatChunk Piece(string? text, string? finishReason = null, string? role = null) =>
        Piece(new ChatDelta { Role = role, Content = text }, finishReason);

    public static ChatChunk Piece(ChatDelta delta, string? finishReason = null) => new()
    {
        Id = Id,
        Created = Created,
        Model = "echo-v1",
        Choices = [new() { Delta = delta, FinishReason = finishReason }],
    };

    public static ChatChunk PieceOf(string json) => JsonSerializer.Deserialize(json, ChatJson.Lenient.ChatChunk)!;

    public static ChatResponse AnswerOf(string json) => JsonSerializer.Deserialize(json, ChatJson.Lenient.ChatResponse)!;
}
