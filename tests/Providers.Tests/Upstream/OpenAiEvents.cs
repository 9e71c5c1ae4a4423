namespace Prism.Tests.Upstream;

/// <summary>Events and bodies as OpenAI sends them, each as small as can be.</summary>
internal static class OpenAiEvents
{
    public const string Done = "[DONE]";

    public const string Finish = """{"id":"c1","object":"chat.completion.chunk","created":7,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""";

    public const string UsageOnly = """{"id":"c1","object":"chat.completion.chunk","created":7,"model":"m","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}""";

    public const string Response = """{"id":"c1","object":"chat.completion","created":7,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}""";

    public static string Token(string text) =>
        "{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":7,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + text + "\"},\"finish_reason\":null}]}";

    public static string Event(string data) => $"data: {data}\n\n";

    public static string Error(string message = "No.", string type = "invalid_request_error", string code = "c", string param = "p") =>
        $$$"""{"error":{"message":"{{{message}}}","type":"{{{type}}}","param":"{{{param}}}","code":"{{{code}}}"}}""";
}
