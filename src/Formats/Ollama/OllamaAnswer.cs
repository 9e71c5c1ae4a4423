using System.Collections.Immutable;
using System.Text.Json;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Ollama;

/// <summary>Converts the parts that whole answers and lines of streamed ones share.</summary>
internal static class OllamaAnswer
{
    /// <summary>Null: there is no text.</summary>
    public static string? Text(string? text) => string.IsNullOrEmpty(text) ? null : text;

    /// <summary>Null: the model calls nothing.</summary>
    /// <exception cref="JsonException">A call is of no function, or its arguments are no object.</exception>
    public static ImmutableArray<ToolCall>? ToolCalls(OllamaMessage? message) =>
        message?.ToolCalls is { IsDefaultOrEmpty: false } calls ? ImmutableArray.CreateRange(calls, ToolCall) : null;

    /// <summary>One of <see cref="FinishReasons"/>.</summary>
    public static string FinishReason(OllamaResponse last, bool calledTools) => last.DoneReason switch
    {
        // Ollama says "stop" then; clients look here to see that it is their turn.
        _ when calledTools => FinishReasons.ToolCalls,
        "length" => FinishReasons.Length,
        // "load" and "unload" answer a request without messages: nothing was cut off. Older servers say nothing.
        _ => FinishReasons.Stop,
    };

    /// <summary>Null: Ollama reports only a part, which would be taken for the whole.</summary>
    public static ChatUsage? Usage(OllamaResponse last) => last is { PromptEvalCount: >= 0 and var prompt, EvalCount: >= 0 and var answer }
        ? ChatUsage.Of(prompt, answer) with { PromptTokensDetails = Details(last.PromptEvalCachedCount) }
        : null;

    private static PromptTokensDetails? Details(int? cached) => cached is null ? null : new() { CachedTokens = cached };

    private static ToolCall ToolCall(OllamaToolCall call)
    {
        if (call?.Function is not { Name: { Length: > 0 } name } function)
        {
            throw new JsonException("A tool call without a function.");
        }

        return new()
        {
            Id = string.IsNullOrEmpty(call.Id) ? RandomId.New("call_") : call.Id,
            Type = OllamaTool.FunctionType,
            Function = new() { Name = name, Arguments = Arguments(function.Arguments) },
        };
    }

    private static string Arguments(JsonElement? arguments) => arguments switch
    {
        null => "{}",
        { ValueKind: JsonValueKind.Object } given => given.GetRawText(),
        _ => throw new JsonException("Arguments that are no object."),
    };
}
