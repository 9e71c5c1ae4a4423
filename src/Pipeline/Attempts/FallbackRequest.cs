using System.Collections.Immutable;
using System.Text.Json;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Pipeline.Attempts;

/// <summary>
/// Adapts a request to a fallback: omits the parameters that the fallback does not support. The caller requested another provider, so the answer
/// reports the omitted parameters.
/// </summary>
internal static class FallbackRequest
{
    /// <returns>
    /// The request, and a sentence for each omitted parameter. Null: the fallback cannot serve it, because it does not support the conversation or
    /// the tools.
    /// </returns>
    public static (CallRequest Request, ImmutableArray<string> Warnings)? Of(CallRequest asked, ChatTarget target)
    {
        var warnings = ImmutableArray.CreateBuilder<string>();
        asked = asked.At(target.Model);
        var request = asked.Canonical;
        while (target.Provider.FindUnsupported(request) is [_, ..] unsupported)
        {
            foreach (var path in unsupported)
            {
                if (Without(request, path) is not { } rest)
                {
                    return null;
                }

                request = rest;
                warnings.Add($"Provider '{target.Provider.Options.Name}' does not support '{path}', which was left out.");
            }
        }

        return (warnings.Count == 0 ? asked : asked.With(request), warnings.DrainToImmutable());
    }

    private static ChatRequest? Without(ChatRequest request, string path)
    {
        var end = path.AsSpan().IndexOfAny('.', '[');
        return (end < 0 ? path : path[..end]) switch
        {
            "n" when request.N is not null => request with { N = null },
            "seed" when request.Seed is not null => request with { Seed = null },
            "stop" when request.Stop is not null => request with { Stop = null },
            "user" when request.User is not null => request with { User = null },
            "temperature" when request.Temperature is not null => request with { Temperature = null },
            "top_p" when request.TopP is not null => request with { TopP = null },
            "frequency_penalty" when request.FrequencyPenalty is not null => request with { FrequencyPenalty = null },
            "presence_penalty" when request.PresencePenalty is not null => request with { PresencePenalty = null },
            "tool_choice" when request.ToolChoice is not null => request with { ToolChoice = null },
            "parallel_tool_calls" when request.ParallelToolCalls is not null => request with { ParallelToolCalls = null },
            "response_format" when request.ResponseFormat is not null => request with { ResponseFormat = null },
            "reasoning_effort" when request.ReasoningEffort is not null => request with { ReasoningEffort = null },
            "stream_options" when request.StreamOptions is { Extra: { } extra } options && extra.ContainsKey(path[(end + 1)..]) =>
                request with { StreamOptions = options with { Extra = Without(extra, path[(end + 1)..]) } },
            // A vendor's own parameter may have any name, dots included.
            _ when request.Extra is { } extra && extra.ContainsKey(path) => request with { Extra = Without(extra, path) },
            _ => null,
        };
    }

    private static Dictionary<string, JsonElement> Without(Dictionary<string, JsonElement> extra, string name) =>
        extra.Where(one => one.Key != name).ToDictionary();
}
