using System.Net.Http.Json;
using System.Text.Json;
using Prism.Tests.Processes;

namespace Prism.Tests.Drain;

/// <summary>How a stream ended.</summary>
/// <param name="Status">Of its response; 0 where there was none.</param>
/// <param name="Text">What came of the answer.</param>
/// <param name="IsDone">Whether it was said to be whole.</param>
/// <param name="Error">The code of the error that it ended with.</param>
/// <param name="Took">How long it took.</param>
/// <param name="Failure">What went wrong besides.</param>
internal sealed record StreamEnd(int Status, string Text, bool IsDone, string? Error, TimeSpan Took, string? Failure)
{
    /// <summary>Has echo say a text, a word at a time, and reads until the end.</summary>
    /// <param name="silo">Who is asked.</param>
    /// <param name="text">What echo is to say.</param>
    /// <param name="key">The API key to ask with; null for the client's own.</param>
    public static async Task<StreamEnd> ReadAsync(PrismProcess silo, string text, string? key = null)
    {
        var began = TimeProvider.System.GetTimestamp();
        var (status, said, done, error) = (0, "", false, default(string));
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat?provider=echo")
            {
                Content = JsonContent.Create(new { stream = true, messages = new[] { new { role = "user", content = text } } }),
            };
            if (key is not null)
            {
                request.Headers.Authorization = new("Bearer", key);
            }

            using var response = await silo.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            status = (int)response.StatusCode;
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
            while (await reader.ReadLineAsync() is { } line)
            {
                if (line == "data: [DONE]")
                {
                    done = true;
                }
                else if (line.StartsWith("data: ", StringComparison.Ordinal))
                {
                    var data = JsonDocument.Parse(line["data: ".Length..]).RootElement;
                    said += data.TryGetProperty("delta", out var delta) ? delta.GetString() : "";
                    error = data.TryGetProperty("error", out var failed) ? failed.GetProperty("code").GetString() : error;
                }
            }

            return new(status, said, done, error, TimeProvider.System.GetElapsedTime(began), null);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return new(status, said, done, error, TimeProvider.System.GetElapsedTime(began), $"{silo.Name}: {exception.Message}");
        }
    }
}
