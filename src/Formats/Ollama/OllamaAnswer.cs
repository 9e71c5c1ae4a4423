using System.Collections.Immutable;
using System.Text.Json;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Ollama;

/// <summary>Converts the parts that are common to whole answers and lines of streamed ones.</summary>
internal static class OllamaAnswer
{
    /// <summary>The text; null if it is empty.</summary>
    public static string? Text(string? text) => string.IsNullOrEmpty(text) ? null : text;

    /// <summary>The tool calls; null if there are none.</summary>
    /// <exception cref="JsonException">A call has no function, or its arguments are not an object.</exception>
    public static ImmutableArray<ToolCall>? ToolCalls(OllamaMessage? message) =>
        message?.ToolCalls is { IsDefaultOrEmpty: false } calls ? ImmutableArray.CreateRange(calls, ToolCall) : null;

    /// <summary>One of <see cref="FinishReasons"/>.</summary>
    public static string FinishReason(OllamaResponse last, bool calledTools) => last.DoneReason switch
    {
        // Ollama reports "stop" then; clients need this reason to run the tools.
        _ when calledTools => FinishReasons.ToolCalls,
        "length" => FinishReasons.Length,
        // "load" and "unload" answer a request without messages: nothing was cut off. Older servers report no reason.
        _ => FinishReasons.Stop,
    };

    /// <summary>The usage; null if Ollama reports only a part of it, which would be mistaken for the whole.</summary>
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
