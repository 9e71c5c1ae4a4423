using System.Globalization;
using Prism.Bench.Generator;
using Prism.Bench.Processes;

namespace Prism.Bench.Cases;

/// <summary>What is asked, and where.</summary>
internal static class Plans
{
    public const string EchoPath = "/v1/chat";

    private const string Question = "What is an actor, in one sentence that a child of twelve would understand?";

    /// <summary>Prism's path for a call to one of its providers, in OpenAI's format.</summary>
    public static string PrismPath(string upstream) =>
        "/v1/chat/completions?provider=" + (upstream == Paths.Json ? "json" : upstream == Paths.Stream ? "fast" : "paced");

    /// <summary>A call that is answered with what it asks.</summary>
    public static LoadPlan Echo(IEnumerable<ServerProcess> servers, int connections = 64) =>
        Of(servers, EchoPath, Body("echo-v1", Question, isStreamed: false), "What is an actor", connections);

    /// <summary>A call whose answer is JSON.</summary>
    /// <param name="servers">Where to.</param>
    /// <param name="path">The path there.</param>
    /// <param name="connections">How many at once.</param>
    /// <param name="promptLength">The length of the prompt in bytes; 0 for a question of usual length.</param>
    public static LoadPlan Json(IEnumerable<ServerProcess> servers, string path, int connections, int promptLength = 0) =>
        Of(servers, path, Body("gpt-4o-mini", promptLength == 0 ? Question : Prompt(promptLength), isStreamed: false), "An answer of some length", connections);

    /// <summary>A call whose answer is a stream.</summary>
    public static LoadPlan Stream(IEnumerable<ServerProcess> servers, string path, int connections) =>
        Of(servers, path, Body("gpt-4o-mini", Question, isStreamed: true), "[DONE]", connections) with { IsStreamed = true };

    /// <summary>Anything else that is posted.</summary>
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

    // Words, so that what counts tokens has something to count.
    private static string Prompt(int length) => string.Concat(Enumerable.Repeat(Question + " ", (length / Question.Length) + 1))[..length];
}
