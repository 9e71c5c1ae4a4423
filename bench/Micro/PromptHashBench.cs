using Prism.Cache;
using Prism.Chat;

namespace Prism.Bench;

/// <summary>What it costs to tell whether two calls are the same: once for each request, where there is a cache.</summary>
internal static class PromptHashBench
{
    private const int Operations = 200;

    public static void Run()
    {
        foreach (var length in (int[])[50, 1_000, 10_000, 100_000])
        {
            var request = new ChatRequest
            {
                Model = "gpt-4o",
                Temperature = 0.7,
                Messages = [ChatMessage.Create(ChatRoles.System, "Be brief."), ChatMessage.Create(ChatRoles.User, new string('a', length))],
            };
            Measure.Print($"hash a prompt of {length} characters", Operations / (1 + (length / 10_000)), () => PromptHash.Of("global", "openai", request));
        }
    }
}
