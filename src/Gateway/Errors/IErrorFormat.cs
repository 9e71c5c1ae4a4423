using Microsoft.AspNetCore.Http;
using Prism.Gateway.Json;
using Prism.Gateway.Sse;

namespace Prism.Gateway.Errors;

/// <summary>The shape in which an API reports its errors. An endpoint declares its own with <see cref="ErrorFormatExtensions.ErrorsAs{TBuilder}"/>.</summary>
internal interface IErrorFormat
{
    /// <summary>Writes the body. Status and headers are set already.</summary>
    Task WriteAsync(HttpResponse response, ApiError error);

    /// <summary>Writes the error as the last event of a stream.</summary>
    ValueTask WriteEventAsync(SseStream output, ApiError error);
}

/// <summary>OpenAI's error object: of the OpenAI API, of Prism's own endpoints, and of paths that belong to no API.</summary>
internal sealed class OpenAiErrorFormat : IErrorFormat
{
    public static readonly OpenAiErrorFormat Instance = new();

    public Task WriteAsync(HttpResponse response, ApiError error) =>
        response.WriteJsonAsync(new ApiErrorBody(error), GatewayJson.Api.ApiErrorBody);

    public ValueTask WriteEventAsync(SseStream output, ApiError error) =>
        output.WriteAsync(new ApiErrorBody(error), GatewayJson.Api.ApiErrorBody);
}
