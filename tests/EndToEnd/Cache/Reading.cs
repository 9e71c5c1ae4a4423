using System.Text;
using System.Text.Json;
using Prism.Tests.Processes;

namespace Prism.Tests.Cache;

/// <summary>What one client got of its answer, kept piece by piece.</summary>
internal sealed class Reading
{
    private const string Prompt = """{"messages":[{"role":"user","content":"The same for all."}],"stream":STREAM}""";

    private readonly TaskCompletionSource _half = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StringBuilder _text = new();

    private Reading(PrismProcess silo, bool isStreamed)
    {
        IsStreamed = isStreamed;
        Ended = isStreamed ? StreamAsync(silo) : CompleteAsync(silo);
    }

    public bool IsStreamed { get; }

    /// <summary>What came of the text.</summary>
    public string Text => _text.ToString();

    /// <summary>Whether it was said to be whole.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>The error, where there was one.</summary>
    public string? Error { get; private set; }

    /// <summary>What the cache had to do with it.</summary>
    public string? Cache { get; private set; }

    /// <summary>Ends when half of the first call's answer is here.</summary>
    public Task Half => _half.Task;

    /// <summary>Ends with the answer, however that ends.</summary>
    public Task Ended { get; }

    public static Reading Begin(PrismProcess silo, bool isStreamed) => new(silo, isStreamed);

    private async Task CompleteAsync(PrismProcess silo)
    {
        using var response = await PostAsync(silo);
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        if (body.RootElement.TryGetProperty("error", out var error))
        {
            Error = error.GetProperty("message").GetString();
            return;
        }

        _text.Append(body.RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
        IsWhole = true;
    }

    private async Task StreamAsync(PrismProcess silo)
    {
        using var response = await PostAsync(silo);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        while (await lines.ReadLineAsync() is { } line)
        {
            if (line == "data: [DONE]")
            {
                IsWhole = true;
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal) || line.StartsWith('{'))
            {
                Take(line.StartsWith('{') ? line : line[6..]);
            }
        }
    }

    private void Take(string json)
    {
        using var chunk = JsonDocument.Parse(json);
        if (chunk.RootElement.TryGetProperty("error", out var error))
        {
            Error = error.GetProperty("message").GetString();
        }
        else if (chunk.RootElement.GetProperty("choices")[0].GetProperty("delta").TryGetProperty("content", out var content))
        {
            _text.Append(content.GetString());
            if (_text.Length >= Numbered.HalfOf(1).Length)
            {
                _half.TrySetResult();
            }
        }
    }

    private async Task<HttpResponseMessage> PostAsync(PrismProcess silo)
    {
        var json = Prompt.Replace("STREAM", IsStreamed ? "true" : "false", StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
        };
        var response = await silo.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Cache = response.Headers.TryGetValues("x-prism-cache", out var values) ? values.Single() : null;
        return response;
    }
}
