using System.Globalization;
using Prism.Bench.Generator;
using Prism.Bench.Processes;

namespace Prism.Bench.Cases;

/// <summary>The loads of the cases: requests, and the servers that receive them.</summary>
internal static class Plans
{
    public const string EchoPath = "/v1/chat";

    private const string Question = "What is an actor, in one sentence that a child of twelve would understand?";

    /// <summary>Prism's path for a call in OpenAI's format to the provider with this path at the upstream.</summary>
    public static string PrismPath(string upstream) => "/v1/chat/completions?provider=" + upstream;

    /// <summary>The path of the same call at the upstream, also through a proxy that forwards paths as they are.</summary>
    public static string DirectPath(string upstream) => $"/{upstream}{Paths.Completions}";

    /// <summary>A call that Prism answers with its own prompt.</summary>
    public static LoadPlan Echo(IEnumerable<ServerProcess> servers, int connections = 64) =>
        Of(servers, EchoPath, Body("echo-v1", Question, isStreamed: false), "What is an actor", connections);

    /// <summary>A call with a whole answer.</summary>
    /// <param name="servers">The servers that receive it.</param>
    /// <param name="path">The path there.</param>
    /// <param name="connections">The number of connections.</param>
    /// <param name="promptLength">The length of the prompt in bytes; 0 for a question of usual length.</param>
    /// <param name="model">The requested model; null for one of OpenAI's.</param>
    public static LoadPlan Json(IEnumerable<ServerProcess> servers, string path, int connections, int promptLength = 0, string? model = null)
    {
        var prompt = promptLength == 0 ? Question : Prompt(promptLength);
        return Of(servers, path, Body(model ?? Vendor.OpenAi.Model, prompt, isStreamed: false), "An answer of some length", connections);
    }

    /// <summary>A call with a streamed answer.</summary>
    public static LoadPlan Stream(IEnumerable<ServerProcess> servers, string path, int connections, string? model = null) =>
        Of(servers, path, Body(model ?? Vendor.OpenAi.Model, Question, isStreamed: true), "[DONE]", connections) with { IsStreamed = true };

    /// <summary>Any other POST.</summary>
    public static LoadPlan Of(IEnumerable<ServerProcess> servers, string path, string body, string expect, int connections) => new()
    {
        Ports = [.. servers.Select(server => server.Port)],
        Path = path,
        Body = body,
        Expect = expect,
        Connections = connections,
        WarmUpSeconds = Budget.LeadInSeconds,
        Seconds = 0,
    };

    private static string Body(string model, string prompt, bool isStreamed) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"model":"{{model}}","messages":[{"role":"system","content":"You are brief."},{"role":"user","content":"{{prompt}}"}],"temperature":0.7,"max_tokens":256{{(isStreamed ? ",\"stream\":true" : "")}}}""");

    // Words, because Prism estimates the tokens of a prompt from its text.
    private static string Prompt(int length) => string.Concat(Enumerable.Repeat(Question + " ", (length / Question.Length) + 1))[..length];
}
